// SPDX-License-Identifier: Apache-2.0
package conformance;

import io.github.cardatagateway.Update;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** A subscriber of a publisher, which requests one update after the other. */
final class FlowReading implements Reading, Flow.Subscriber<Update> {
  private final String name;
  private final Gate gate = new Gate();
  private final CountDownLatch ended = new CountDownLatch(1);
  private Flow.Subscription subscription;

  FlowReading(String name, Flow.Publisher<Update> publisher) {
    this.name = name;
    publisher.subscribe(this);
  }

  @Override
  public Gate gate() {
    return gate;
  }

  @Override
  public void close() {
    subscription.cancel();
    end(Line.ended(name)); // a publisher tells nothing to whom has cancelled
  }

  @Override
  public void awaitEnd() throws InterruptedException {
    ended.await();
  }

  @Override
  public void onSubscribe(Flow.Subscription begun) {
    subscription = begun;
    begun.request(1);
  }

  @Override
  public void onNext(Update update) {
    synchronized (this) {
      if (ended.getCount() > 0) {
        Line.of(name, update).tell();
      }
    }
    gate.pass();
    subscription.request(1);
  }

  @Override
  public void onError(Throwable error) {
    end(Line.ended(name, error));
  }

  @Override
  public void onComplete() {
    end(Line.ended(name));
  }

  private synchronized void end(Line line) {
    if (ended.getCount() > 0) {
      line.tell();
      ended.countDown();
    }
  }
}
