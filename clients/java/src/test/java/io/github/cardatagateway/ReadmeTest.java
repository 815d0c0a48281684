// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Java in README.md is that of the examples, which the other tests run. */
class ReadmeTest {
  private static String withoutIndentation(String text) {
    return text.lines().map(String::strip).reduce("", (all, line) -> all + line + "\n");
  }

  @Test
  void showsTheExamples() throws IOException {
    StringBuilder examples = new StringBuilder();
    try (Stream<Path> files = Files.list(Path.of("src/test/java/example"))) {
      for (Path file : files.toList()) {
        examples.append(withoutIndentation(Files.readString(file)));
      }
    }
    List<String> blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("README.md")))
            .results()
            .map(MatchResult::group)
            .map(block -> block.substring("```java\n".length(), block.length() - 3))
            .toList();
    assertEquals(5, blocks.size());
    for (String block : blocks) {
      assertTrue(examples.indexOf(withoutIndentation(block)) >= 0, block);
    }
  }
}
