// SPDX-License-Identifier: Apache-2.0
package conformance;

import io.github.cardatagateway.Subscription;
import io.github.cardatagateway.Update;
import io.grpc.StatusRuntimeException;

/** A loop over a subscription, in a thread of its own. */
final class LoopReading implements Reading {
  private final String name;
  private final Subscription subscription;
  private final Gate gate = new Gate();
  private final Thread thread;

  LoopReading(String name, Subscription subscription) {
    this.name = name;
    this.subscription = subscription;
    thread = new Thread(this::run, name);
    thread.start();
  }

  @Override
  public Gate gate() {
    return gate;
  }

  @Override
  public void close() {
    subscription.close();
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    thread.join();
  }

  private void run() {
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
