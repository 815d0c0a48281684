// SPDX-License-Identifier: Apache-2.0
package bench;

import com.google.protobuf.Duration;
import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.Reconnecting;
import io.github.cardatagateway.Subscription;
import io.github.cardatagateway.Update;
import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.StartPosition;
import io.github.cardatagateway.v1.SubscribeRequest;
import java.time.Instant;

/**
 * Tells when the first word and the first event came after each start of a stream, and how far it
 * is.
 */
final class Follow {
  /** How many events of the numbered ones lie between two of which the runner hears. */
  private static final int EVERY = 30_000;

  private boolean awaitsWord = true;
  private boolean awaitsEvent = true;
  private int next = EVERY;
  private int count;

  private Follow() {}

  static void follow(String target) {
    SubscribeRequest request =
        SubscribeRequest.newBuilder()
            .setPosition(StartPosition.START_POSITION_LIVE)
            .setHeartbeatInterval(Duration.newBuilder().setSeconds(1))
            .build();
    try (CarDataClient client = CarDataClient.connect(target);
        Subscription subscription = client.subscribe(request)) {
      Follow follow = new Follow();
      for (Update update : subscription) {
        follow.tell(update.value());
      }
    }
  }

  private void tell(Object value) {
    if (value instanceof Reconnecting reconnecting) {
      awaitsWord = true;
      awaitsEvent = true;
      System.out.println("away " + reconnecting.attempt());
      return;
    }
    if (value instanceof Event event) {
      if (awaitsEvent) {
        awaitsEvent = false;
        System.out.println("event " + now());
      }
      count++;
      int number = (int) event.getValue().getNumber();
      if (number >= next) {
        next = (number / EVERY + 1) * EVERY;
        System.out.println("number " + number + " " + count);
      }
    }
    if (awaitsWord) {
      awaitsWord = false;
      System.out.println("word " + now());
    }
  }

  private static long now() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000 + now.getNano();
  }
}
