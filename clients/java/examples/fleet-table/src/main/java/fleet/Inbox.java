// SPDX-License-Identifier: Apache-2.0
package fleet;

import io.github.cardatagateway.Update;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What has arrived and waits to be applied, so that one can see whether anything does. It asks for
 * so much at most; the rest waits in the gateway's log.
 */
final class Inbox implements Flow.Subscriber<Update> {
  private static final int CAPACITY = 4000;

  private final BlockingQueue<Object> waiting = new LinkedBlockingQueue<>(); // or the end's error
  private Flow.Subscription subscription;
  private int taken;

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Waits for the next one, or throws the error with which the subscription ended. */
  Update take() throws InterruptedException {
    Object next = waiting.take();
    if (next instanceof RuntimeException error) {
      throw error;
    }
    if (++taken == CAPACITY / 2) {
      subscription.request(taken);
      taken = 0;
    }
    return (Update) next;
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription = subscription;
    subscription.request(CAPACITY);
  }

  @Override
  public void onNext(Update update) {
    waiting.add(update);
  }

  @Override
  public void onError(Throwable error) {
    waiting.add(error instanceof StatusRuntimeException ? error : new RuntimeException(error));
  }

  @Override
  public void onComplete() {
    onError(Status.CANCELLED.withDescription("the client is closed").asRuntimeException());
  }
}
