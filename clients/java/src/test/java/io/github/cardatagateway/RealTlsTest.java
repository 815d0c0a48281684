// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import example.Tls;
import io.github.cardatagateway.v1.ListAccountsRequest;
import io.github.cardatagateway.v1.Started;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The client with a real gateway that asks for certificates. */
@EnabledIfEnvironmentVariable(
    named = "CARDATA_BIN",
    matches = ".+",
    disabledReason = "CARDATA_BIN does not name the folder with cardata-gateway and cardata-sim")
class RealTlsTest {
  @Test
  void connectsAsTheExampleDoes(@TempDir Path folder) throws Exception {
    Certificates certificates = new Certificates(folder);
    certificates.issue("gateway", "IP:127.0.0.1");
    certificates.issue("caller", "DNS:caller");
    try (RealGateway gateway =
            new RealGateway(
                folder,
                "--tls-cert-file=" + certificates.file("gateway.pem"),
                "--tls-key-file=" + certificates.file("gateway.key"),
                "--tls-client-ca-file=" + certificates.file("ca.pem"));
        CarDataClient client = Tls.connect(gateway.target(), folder);
        CarDataClient nobody =
            CarDataClient.builder(gateway.target()).ca(certificates.pem("ca.pem")).connect()) {
      client.auth().listAccounts(ListAccountsRequest.getDefaultInstance());
      try (Subscription updates = client.subscribe(SubscribeRequest.getDefaultInstance())) {
        assertInstanceOf(Started.class, updates.iterator().next().value());
      }
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class,
              () -> nobody.auth().listAccounts(ListAccountsRequest.getDefaultInstance()));
      assertEquals(Status.Code.UNAVAILABLE, refused.getStatus().getCode());
    }
  }
}
