// SPDX-License-Identifier: Apache-2.0
package example;

import io.github.cardatagateway.CarDataClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Connects with a certificate of its own to a gateway with one of a private authority. */
public final class Tls {
  private Tls() {}

  public static CarDataClient connect(String target, Path folder) throws IOException {
    return CarDataClient.builder(target) // "cardata.example:9610"
        .ca(Files.readAllBytes(folder.resolve("ca.pem")))
        .certificate(
            Files.readAllBytes(folder.resolve("caller.pem")),
            Files.readAllBytes(folder.resolve("caller.key")))
        .connect();
  }
}
