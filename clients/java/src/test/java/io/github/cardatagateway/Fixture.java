// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** A client of a fake gateway, in a time of its own; first delays are half a second. */
class Fixture {
  FakeGateway gateway = new FakeGateway();
  final int port = gateway.port();
  final FakeTimer timer = new FakeTimer();
  final Calls calls = new Calls();
  final ManagedChannel channel =
      Grpc.newChannelBuilder("localhost:" + port, InsecureChannelCredentials.create())
          .intercept(calls)
          .build();
  final CarDataClient client = new CarDataClient(channel, timer, () -> {}, new Backoff(() -> 0.5));

  /** The gateway is killed. */
  void stopGateway() {
    gateway.close();
  }

  void startGateway() {
    gateway = new FakeGateway(port, InsecureServerCredentials.create());
  }

  @AfterEach
  void nothingIsLeft() throws InterruptedException {
    client.close();
    assertEquals(0, client.subscriptions());
    assertTrue(channel.awaitTermination(1, TimeUnit.MINUTES));
    gateway.close();
  }
}
