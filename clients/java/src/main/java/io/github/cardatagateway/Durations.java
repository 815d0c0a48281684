// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.time.Duration;
import java.util.Optional;

/** Spans of time that came over the wire. */
final class Durations {
  // What google.protobuf.Duration promises.
  private static final long MOST_SECONDS = 315_576_000_000L;

  private Durations() {}

  /** Empty for what is negative or not a span of time at all. */
  static Optional<Duration> of(com.google.protobuf.Duration sent) {
    if (sent.getSeconds() < 0 || sent.getSeconds() > MOST_SECONDS || sent.getNanos() < 0) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofSeconds(sent.getSeconds(), sent.getNanos()));
  }
}
