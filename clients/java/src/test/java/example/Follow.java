// SPDX-License-Identifier: Apache-2.0
package example;

import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.Subscription;
import io.github.cardatagateway.Update;
import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.SubscribeRequest;

public final class Follow {
  private Follow() {}

  public static void main(String[] args) {
    try (CarDataClient client = CarDataClient.connect(args[0]); // "localhost:9610"
        Subscription updates = client.subscribe(SubscribeRequest.getDefaultInstance())) {
      for (Update update : updates) {
        if (update.value() instanceof Event event) {
          System.out.println(event.getVin() + " " + event.getDescriptorId() + " " + event.getRaw());
        }
      }
    }
  }
}
