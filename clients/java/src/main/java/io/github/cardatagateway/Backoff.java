// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/** How long to wait before a stream is asked for again. */
final class Backoff {
  static final Duration LONGEST = Duration.ofSeconds(30);
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final double FACTOR = 1.6;
  private static final double JITTER = 0.2;

  private final DoubleSupplier random;

  /** Randomness is from 0 to less than 1. */
  Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** The first attempt, numbered 1, comes soon, but not with all others that lost the gateway. */
  Duration before(int attempt) {
    if (attempt == 1) {
      return times(FIRST, random.getAsDouble());
    }
    double steps =
        Math.min(Math.pow(FACTOR, attempt - 2.0), (double) LONGEST.toNanos() / FIRST.toNanos());
    return times(FIRST, steps * (1 - JITTER + 2 * JITTER * random.getAsDouble()));
  }

  private static Duration times(Duration duration, double factor) {
    return Duration.ofNanos(Math.round(duration.toNanos() * factor));
  }
}
