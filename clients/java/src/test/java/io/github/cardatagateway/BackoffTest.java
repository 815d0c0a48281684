// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  @ParameterizedTest
  @CsvSource({
    "1, 0, 0",
    "1, 0.5, 500",
    "2, 0.5, 1000",
    "2, 0, 800",
    "2, 1, 1200",
    "3, 0.5, 1600",
    "4, 0.5, 2560",
    "9, 0.5, 26843",
    "10, 0.5, 30000",
    "10, 1, 36000",
    "10, 0, 24000",
  })
  void waitsAsLongAs(int attempt, double random, long milliseconds) {
    assertEquals(milliseconds, new Backoff(() -> random).before(attempt).toMillis());
  }

  @Test
  void doesNotGrowAfterTheLongest() {
    assertEquals(Duration.ofSeconds(30), new Backoff(() -> 0.5).before(Integer.MAX_VALUE));
  }
}
