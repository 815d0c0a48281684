// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.time.Duration;

/** The seam to time. */
interface Timer {
  /** Nanoseconds since some moment. */
  long now();

  /** Runs the task once, after the delay. What is returned calls that off. */
  Runnable after(Duration delay, Runnable task);
}
