// SPDX-License-Identifier: Apache-2.0
package bench;

import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.Subscription;
import io.github.cardatagateway.Update;
import io.github.cardatagateway.v1.Entry;
import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.StartPosition;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import io.grpc.Context;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/** The ways in which one subscriber takes events. Each remembers the token, as its caller would. */
final class Ways {
  private static final SubscribeRequest REQUEST =
      SubscribeRequest.newBuilder().setPosition(StartPosition.START_POSITION_EARLIEST).build();

  /** Where the tokens go, so that nobody can say that they are not needed. */
  static volatile String token = "";

  private Ways() {}

  /** The generated blocking stub, on the client's own channel. */
  static void stub(CarDataClient client, Consumer consumer) {
    Context.CancellableContext context = Context.current().withCancellation();
    context.run(
        () -> {
          Iterator<SubscribeResponse> responses = client.telematics().subscribe(REQUEST);
          while (!take(responses.next(), consumer)) {}
        });
    context.cancel(null);
  }

  private static boolean take(SubscribeResponse response, Consumer consumer) {
    for (Entry entry : response.getEntriesList()) {
      if (entry.hasEvent() && consumer.take(entry.getEvent())) {
        return true;
      }
    }
    token = response.getResumeToken();
    return false;
  }

  /** The loop over a subscription. */
  static void loop(CarDataClient client, Consumer consumer) {
    try (Subscription subscription = client.subscribe(REQUEST)) {
      for (Update update : subscription) {
        if (update.value() instanceof Event event && consumer.take(event)) {
          return;
        }
        if (!update.resumeToken().isEmpty()) {
          token = update.resumeToken();
        }
      }
    }
  }

  /** The publisher, with a subscriber that requests one at a time. */
  static void publisher(CarDataClient client, Consumer consumer) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    client.publisher(REQUEST).subscribe(new Subscriber(consumer, done));
    done.await();
  }

  private static final class Subscriber implements Flow.Subscriber<Update> {
    private final Consumer consumer;
    private final CountDownLatch done;
    private Flow.Subscription subscription;

    Subscriber(Consumer consumer, CountDownLatch done) {
      this.consumer = consumer;
      this.done = done;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(1);
    }

    @Override
    public void onNext(Update update) {
      if (update.value() instanceof Event event && consumer.take(event)) {
        subscription.cancel();
        done.countDown();
        return;
      }
      if (!update.resumeToken().isEmpty()) {
        token = update.resumeToken();
      }
      subscription.request(1);
    }

    @Override
    public void onError(Throwable error) {
      error.printStackTrace();
      System.exit(1);
    }

    @Override
    public void onComplete() {}
  }
}
