// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.StartPosition;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;

/**
 * How many events a second one subscriber takes, with the bare stub, the loop and the publisher.
 *
 * <pre>java -cp … io.github.cardatagateway.Throughput FOLDER EVENTS ROUNDS</pre>
 *
 * Each reads so many events from the log of the real gateway, which is in the folder, an empty one.
 */
final class Throughput {
  private static final SubscribeRequest REQUEST =
      SubscribeRequest.newBuilder().setPosition(StartPosition.START_POSITION_EARLIEST).build();

  private Throughput() {}

  private interface Way {
    void take(CarDataClient client, int events) throws InterruptedException;
  }

  static void bare(CarDataClient client, int events) {
    int seen = 0;
    Iterator<SubscribeResponse> responses = client.telematics().subscribe(REQUEST);
    while (seen < events) {
      SubscribeResponse response = responses.next();
      for (int i = 0; i < response.getEntriesCount(); i++) {
        if (response.getEntries(i).hasEvent()) {
          seen++;
        }
      }
    }
  }

  static void loop(CarDataClient client, int events) {
    int seen = 0;
    try (Subscription subscription = client.subscribe(REQUEST)) {
      for (Update update : subscription) {
        if (update.value() instanceof Event && ++seen == events) {
          break;
        }
      }
    }
  }

  static void publisher(CarDataClient client, int events) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    client
        .publisher(REQUEST)
        .subscribe(
            new Flow.Subscriber<Update>() {
              private Flow.Subscription subscription;
              private int seen;

              @Override
              public void onSubscribe(Flow.Subscription subscription) {
                this.subscription = subscription;
                subscription.request(1);
              }

              @Override
              public void onNext(Update update) {
                if (update.value() instanceof Event && ++seen == events) {
                  subscription.cancel();
                  done.countDown();
                }
                subscription.request(1);
              }

              @Override
              public void onError(Throwable error) {
                done.countDown();
              }

              @Override
              public void onComplete() {}
            });
    done.await();
  }

  private static double perSecond(Way way, String target, int events) throws InterruptedException {
    try (CarDataClient client = CarDataClient.connect(target)) {
      long begin = System.nanoTime();
      way.take(client, events);
      return events / ((System.nanoTime() - begin) / 1e9);
    }
  }

  private static void awaitLast(String target, int events) {
    try (CarDataClient client = CarDataClient.connect(target);
        Subscription subscription = client.subscribe(REQUEST)) {
      String last = Integer.toString(events);
      for (Update update : subscription) {
        if (update.value() instanceof Event event && event.getRaw().equals(last)) {
          break;
        }
      }
    }
  }

  public static void main(String[] arguments) throws Exception {
    int events = Integer.parseInt(arguments[1]);
    int rounds = Integer.parseInt(arguments[2]);
    try (RealGateway gateway = new RealGateway(Path.of(arguments[0]))) {
      gateway.logIn();
      gateway.sendEvents(20_000, events);
      awaitLast(gateway.target(), events);
      for (int round = 1; round <= rounds; round++) {
        System.out.printf(
            Locale.ROOT,
            "stub %,.0f/s, loop %,.0f/s, publisher %,.0f/s%n",
            perSecond(Throughput::bare, gateway.target(), events),
            perSecond(Throughput::loop, gateway.target(), events),
            perSecond(Throughput::publisher, gateway.target(), events));
      }
    }
  }
}
