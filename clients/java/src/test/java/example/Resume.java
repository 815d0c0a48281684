// SPDX-License-Identifier: Apache-2.0
package example;

import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.Subscription;
import io.github.cardatagateway.Update;
import io.github.cardatagateway.v1.SubscribeRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Goes on after its own end, too. */
public final class Resume {
  private Resume() {}

  public static void follow(CarDataClient client, Path file, Consumer<Update> handler)
      throws IOException {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
    if (Files.exists(file)) {
      request.setResumeToken(Files.readString(file));
    }
    try (Subscription updates = client.subscribe(request.build())) {
      for (Update update : updates) {
        handler.accept(update);
        if (!update.resumeToken().isEmpty()) {
          Files.writeString(file, update.resumeToken());
        }
      }
    }
  }
}
