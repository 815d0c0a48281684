// SPDX-License-Identifier: Apache-2.0
package example;

import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.Update;
import io.github.cardatagateway.v1.SubscribeRequest;
import java.util.concurrent.Flow;

/** Follows with the reactive streams of the JDK, or of a library that takes them. */
public final class React {
  private React() {}

  /** Takes one update after the other, however long each takes. */
  public static final class Printer implements Flow.Subscriber<Update> {
    private Flow.Subscription subscription;

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      this.subscription = subscription;
      subscription.request(1);
    }

    @Override
    public void onNext(Update update) {
      System.out.println(update);
      subscription.request(1);
    }

    @Override
    public void onError(Throwable error) {
      System.out.println(error);
    }

    @Override
    public void onComplete() {
      System.out.println("closed");
    }
  }

  public static void follow(CarDataClient client) {
    client.publisher(SubscribeRequest.getDefaultInstance()).subscribe(new Printer());
  }
}
