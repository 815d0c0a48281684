// SPDX-License-Identifier: Apache-2.0
package conformance;

/** A subscription each update of which is told until it ends. */
interface Reading {
  /** What it passes before it takes the next update. */
  Gate gate();

  /** Ends the subscription as its caller does. */
  void close();

  /** Waits until its end is told. */
  void awaitEnd() throws InterruptedException;
}
