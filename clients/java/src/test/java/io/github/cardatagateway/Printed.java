// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What programs print to standard output while this is open, line by line. */
final class Printed extends OutputStream {
  private final PrintStream before = System.out;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final StringBuilder line = new StringBuilder();

  Printed() {
    System.setOut(new PrintStream(this, true, StandardCharsets.US_ASCII));
  }

  /** Passes over the lines that do not match. */
  void awaitLine(String pattern) throws InterruptedException {
    while (!lines.take().matches(pattern)) {
      continue;
    }
  }

  @Override
  public synchronized void write(int character) {
    if (character == '\n') {
      lines.add(line.toString());
      line.setLength(0);
    } else {
      line.append((char) character);
    }
  }

  @Override
  public void close() {
    System.setOut(before);
  }
}
