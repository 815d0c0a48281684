// SPDX-License-Identifier: Apache-2.0
package bench;

import io.github.cardatagateway.CarDataClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Does with the Java client what the runner measures; ../../README.md of this project has the
 * commands.
 */
final class Main {
  private Main() {}

  private interface Way {
    void take(CarDataClient client, Consumer consumer) throws InterruptedException;
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      switch (words[0]) {
        case "take" -> take(words[1], way(words[2]), Integer.parseInt(words[3]));
        case "follow" -> follow(words[1]);
        default -> throw new IllegalArgumentException("there is no such command: " + line);
      }
    }
  }

  private static Way way(String name) {
    return switch (name) {
      case "stub" -> Ways::stub;
      case "layer" -> Ways::loop;
      case "publisher" -> Ways::publisher;
      default -> throw new IllegalArgumentException("there is no such way: " + name);
    };
  }

  private static void take(String target, Way way, int events) throws InterruptedException {
    try (CarDataClient client = CarDataClient.connect(target)) {
      long begin = System.nanoTime();
      way.take(client, new Consumer(events));
      System.out.printf(Locale.ROOT, "took %.6f%n", (System.nanoTime() - begin) / 1e9);
    }
  }

  private static void follow(String target) {
    Thread thread = new Thread(() -> Follow.follow(target), "follow");
    thread.setDaemon(true);
    thread.start();
  }
}
