// SPDX-License-Identifier: Apache-2.0
package conformance;

/** Lets a reader pass unless it is shut. */
final class Gate {
  private boolean isShut;

  synchronized void shut() {
    isShut = true;
  }

  synchronized void open() {
    isShut = false;
    notifyAll();
  }

  synchronized void pass() {
    try {
      while (isShut) {
        wait();
      }
    } catch (InterruptedException unexpected) {
      throw new IllegalStateException(unexpected);
    }
  }
}
