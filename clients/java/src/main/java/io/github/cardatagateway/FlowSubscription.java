// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.StatusRuntimeException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A feed for a subscriber of {@link Flow}. Whatever may let something be delivered is a signal, and
 * whoever gives the first one has the executor deliver until all signals are dealt with: so
 * deliveries never overlap, and {@code request} never delivers itself.
 */
final class FlowSubscription implements Flow.Subscription, Runnable {
  private final Flow.Subscriber<? super Update> subscriber;
  private final Feed feed;
  private final Updates updates;
  private final Executor executor;
  private final AtomicLong demand = new AtomicLong();
  private final AtomicInteger signals = new AtomicInteger(1); // the first is given by start()
  private volatile boolean refused;
  private volatile boolean done;

  FlowSubscription(Flow.Subscriber<? super Update> subscriber, Feed feed, Executor executor) {
    this.subscriber = subscriber;
    this.feed = feed;
    this.executor = executor;
    updates = new Updates(feed);
  }

  void start() {
    subscriber.onSubscribe(this);
    feed.start(this::signal);
    executor.execute(this);
  }

  @Override
  public void request(long count) {
    if (count <= 0) {
      refused = true;
    } else {
      demand.getAndUpdate(wanted -> wanted + count < 0 ? Long.MAX_VALUE : wanted + count);
    }
    signal();
  }

  @Override
  public void cancel() {
    done = true;
    feed.cancel();
  }

  private void signal() {
    if (signals.getAndIncrement() == 0) {
      executor.execute(this);
    }
  }

  @Override
  public void run() {
    int seen = signals.get();
    while (seen != 0) {
      deliver();
      seen = signals.addAndGet(-seen);
    }
  }

  private void deliver() {
    while (!done) {
      if (refused) {
        fail(new IllegalArgumentException("a subscriber must request more than 0"));
        return;
      }
      long wanted = demand.get();
      Update update = wanted == 0 ? null : updates.poll();
      if (update == null) {
        if (updates.isOver()) {
          finish();
        }
        return;
      }
      if (wanted != Long.MAX_VALUE) {
        demand.decrementAndGet();
      }
      try {
        subscriber.onNext(update);
      } catch (RuntimeException | Error thrown) {
        cancel();
        throw thrown;
      }
    }
  }

  private void finish() {
    StatusRuntimeException error = updates.error();
    if (error != null) {
      fail(error);
    } else if (!done) {
      done = true;
      subscriber.onComplete();
    }
  }

  private void fail(RuntimeException error) {
    cancel();
    subscriber.onError(error);
  }
}
