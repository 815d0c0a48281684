// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static io.github.cardatagateway.Responses.events;
import static io.github.cardatagateway.Responses.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cardatagateway.v1.SubscribeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Updates for subscribers of java.util.concurrent.Flow. */
class PublisherTest extends Fixture {
  private static final String COMPLETE = "complete";

  /** Notes what it is told, and that it is told one thing at a time. */
  private static class Subscriber implements Flow.Subscriber<Update> {
    final BlockingQueue<Object> told = new LinkedBlockingQueue<>();
    final AtomicBoolean busy = new AtomicBoolean();
    final AtomicInteger overlaps = new AtomicInteger();
    Flow.Subscription subscription;

    void note(Object signal) {
      if (!busy.compareAndSet(false, true)) {
        overlaps.incrementAndGet();
      }
      told.add(signal);
      busy.set(false);
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
    }

    @Override
    public void onNext(Update update) {
      note(update);
    }

    @Override
    public void onError(Throwable error) {
      note(error);
    }

    @Override
    public void onComplete() {
      note(COMPLETE);
    }

    long nextSequence() throws InterruptedException {
      return assertInstanceOf(Update.class, told.take()).sequence();
    }
  }

  private final Flow.Publisher<Update> publisher =
      client.publisher(SubscribeRequest.getDefaultInstance());
  private final Subscriber subscriber = new Subscriber();

  private FakeGateway.Stream subscribe() throws InterruptedException {
    publisher.subscribe(subscriber);
    return gateway.next();
  }

  @Test
  void deliversWhatIsRequestedAndNoMore() throws InterruptedException {
    FakeGateway.Stream stream = subscribe();
    for (int i = 1; i <= 50; i++) {
      stream.send(events(2L * i - 1, 2L * i));
    }
    calls.received.acquire(Feed.AHEAD);
    assertNull(subscriber.told.peek());
    assertEquals(Feed.AHEAD, calls.requested.get());

    subscriber.subscription.request(3);
    for (int i = 1; i <= 3; i++) {
      assertEquals(i, subscriber.nextSequence());
    }
    subscriber.subscription.request(1);
    assertEquals(4, subscriber.nextSequence());
    assertNull(subscriber.told.peek());
    assertTrue(calls.requested.get() <= 2 + Feed.AHEAD, "asked for too much");

    subscriber.subscription.request(Long.MAX_VALUE);
    subscriber.subscription.request(Long.MAX_VALUE);
    for (int i = 5; i <= 100; i++) {
      assertEquals(i, subscriber.nextSequence());
    }
    assertEquals(0, subscriber.overlaps.get());
  }

  @Test
  void requestsFromWithinOnNextDoNotNest() throws InterruptedException {
    AtomicInteger depth = new AtomicInteger();
    AtomicInteger deepest = new AtomicInteger();
    Subscriber greedy =
        new Subscriber() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            super.onSubscribe(subscription);
            subscription.request(1);
          }

          @Override
          public void onNext(Update update) {
            deepest.accumulateAndGet(depth.incrementAndGet(), Math::max);
            subscription.request(1);
            super.onNext(update);
            depth.decrementAndGet();
          }
        };
    publisher.subscribe(greedy);
    FakeGateway.Stream stream = gateway.next();
    for (int i = 1; i <= 1000; i++) {
      stream.send(events(i));
    }
    for (int i = 1; i <= 1000; i++) {
      assertEquals(i, greedy.nextSequence());
    }
    assertEquals(1, deepest.get());
    assertEquals(0, greedy.overlaps.get());
  }

  @Test
  void eachSubscriberHasASubscriptionOfItsOwn() throws InterruptedException {
    FakeGateway.Stream first = subscribe();
    Subscriber other = new Subscriber();
    publisher.subscribe(other);
    FakeGateway.Stream second = gateway.next();
    subscriber.subscription.request(1);
    other.subscription.request(1);
    first.send(events(1));
    second.send(events(2));
    assertEquals(1, subscriber.nextSequence());
    assertEquals(2, other.nextSequence());
  }

  @Test
  void goesOnOverTheEndOfAStream() throws InterruptedException {
    FakeGateway.Stream stream = subscribe();
    subscriber.subscription.request(10);
    stream.send(events(1));
    stream.fail(Status.UNAVAILABLE);
    assertEquals(1, subscriber.nextSequence());
    Update update = assertInstanceOf(Update.class, subscriber.told.take());
    timer.pass(assertInstanceOf(Reconnecting.class, update.value()).delay());
    FakeGateway.Stream next = gateway.next();
    assertEquals("after 1", next.request.getResumeToken());
    next.send(events(2));
    assertEquals(2, subscriber.nextSequence());
  }

  @Test
  void endsWithAnErrorThatLasts() throws InterruptedException {
    FakeGateway.Stream stream = subscribe();
    stream.send(events(1));
    stream.fail(Status.UNAUTHENTICATED);
    calls.closed.acquire();
    assertNull(subscriber.told.peek(), "not before what was sent before it");
    subscriber.subscription.request(1);
    assertEquals(1, subscriber.nextSequence());
    StatusRuntimeException error =
        assertInstanceOf(StatusRuntimeException.class, subscriber.told.take());
    assertEquals(Status.Code.UNAUTHENTICATED, error.getStatus().getCode());
    assertEquals(0, client.subscriptions());
  }

  @Test
  void anErrorNeedsNoRequest() throws InterruptedException {
    subscribe().fail(Status.UNAUTHENTICATED);
    assertInstanceOf(StatusRuntimeException.class, subscriber.told.take());
  }

  @Test
  void completesWhenTheClientIsClosed() throws InterruptedException {
    FakeGateway.Stream stream = subscribe();
    client.close();
    assertEquals(COMPLETE, subscriber.told.take());
    stream.awaitCancelled();
    subscriber.subscription.request(1);
    subscriber.subscription.cancel();
    assertNull(subscriber.told.peek());
  }

  @Test
  void ofAClosedClientCompletesAtOnce() throws InterruptedException {
    client.close();
    publisher.subscribe(subscriber);
    assertEquals(COMPLETE, subscriber.told.take());
    assertEquals(0, client.subscriptions());
  }

  @Test
  void endsAtOnceWhenItIsCancelled() throws InterruptedException {
    FakeGateway.Stream stream = subscribe();
    stream.send(events(1));
    subscriber.subscription.request(1);
    assertEquals(1, subscriber.nextSequence());
    subscriber.subscription.cancel();
    subscriber.subscription.cancel();
    stream.awaitCancelled();
    assertEquals(0, client.subscriptions());
    assertEquals(0, timer.pending());
    subscriber.subscription.request(1);
    assertNull(subscriber.told.peek());
  }

  @Test
  void canBeCancelledInOnSubscribe() {
    publisher.subscribe(
        new Subscriber() {
          @Override
          public void onSubscribe(Flow.Subscription subscription) {
            subscription.cancel();
          }
        });
    assertEquals(0, calls.started.get());
    assertEquals(0, client.subscriptions());
    assertEquals(0, timer.pending());
  }

  @Test
  void refusesARequestForNothing() throws InterruptedException {
    FakeGateway.Stream stream = subscribe();
    subscriber.subscription.request(0);
    assertInstanceOf(IllegalArgumentException.class, subscriber.told.take());
    stream.awaitCancelled();
    assertEquals(0, client.subscriptions());
  }

  @Test
  void endsWhereTheSubscriberThrows() throws InterruptedException {
    Subscriber throwing =
        new Subscriber() {
          @Override
          public void onNext(Update update) {
            Thread.currentThread().setUncaughtExceptionHandler((thread, error) -> note(error));
            throw new IllegalStateException("no room");
          }
        };
    publisher.subscribe(throwing);
    FakeGateway.Stream stream = gateway.next();
    throwing.subscription.request(10);
    stream.send(started());
    stream.awaitCancelled();
    assertInstanceOf(IllegalStateException.class, throwing.told.take());
    assertEquals(0, client.subscriptions());
  }

  @Test
  void requestReturnsHoweverLongASubscriberTakes() throws InterruptedException {
    BlockingQueue<Boolean> goOn = new LinkedBlockingQueue<>();
    Subscriber slow =
        new Subscriber() {
          @Override
          public void onNext(Update update) {
            try {
              goOn.take();
            } catch (InterruptedException stop) {
              Thread.currentThread().interrupt();
            }
            super.onNext(update);
          }
        };
    publisher.subscribe(slow);
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1, 2));
    calls.received.acquire();
    slow.subscription.request(Long.MAX_VALUE);
    assertNull(slow.told.peek());
    goOn.add(true);
    goOn.add(true);
    assertEquals(1, slow.nextSequence());
    assertEquals(2, slow.nextSequence());
  }

  @Test
  void needsASubscriberAndARequest() {
    assertThrows(NullPointerException.class, () -> publisher.subscribe(null));
    assertThrows(NullPointerException.class, () -> client.publisher(null));
    assertFalse(calls.started.get() > 0);
  }
}
