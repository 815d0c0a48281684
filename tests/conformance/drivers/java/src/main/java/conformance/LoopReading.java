// SPDX-License-Identifier: Apache-2.0
package conformance;

import io.github.cardatagateway.Subscription;
import io.github.cardatagateway.Update;
import io.grpc.StatusRuntimeException;

/** Tells each update of a subscription until it ends. */
record Reading(String name, Subscription subscription, Gate gate) implements Runnable {
  @Override
  public void run() {
    try {
      for (Update update : subscription) {
        Line.of(name, update).tell();
        gate.pass();
      }
      Line.ended(name).tell();
    } catch (StatusRuntimeException error) {
      Line.ended(name, error).tell();
    }
  }
}
