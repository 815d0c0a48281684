// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static io.github.cardatagateway.Responses.events;
import static io.github.cardatagateway.Responses.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cardatagateway.v1.ListAccountsRequest;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A subscription ends when its caller says so, at once and wholly, in whichever state it is. */
class ClosingTest extends Fixture {
  private final Subscription subscription = client.subscribe(SubscribeRequest.getDefaultInstance());
  private final Iterator<Update> updates = subscription.iterator();

  private void closeAndCheck() {
    subscription.close();
    assertEnded();
    subscription.close();
    assertEnded();
  }

  private void assertEnded() {
    assertFalse(updates.hasNext());
    assertThrows(NoSuchElementException.class, updates::next);
    assertEquals(0, timer.pending());
    assertEquals(0, client.subscriptions());
  }

  @Test
  void beforeTheFirstResponse() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    closeAndCheck();
    stream.awaitCancelled();
  }

  @Test
  void whileUpdatesWait() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1, 2, 3));
    stream.send(events(4));
    assertTrue(updates.hasNext());
    closeAndCheck();
    stream.awaitCancelled();
  }

  @Test
  void duringTheDelay() throws InterruptedException {
    gateway.next().fail(Status.UNAVAILABLE);
    assertInstanceOf(Reconnecting.class, updates.next().value());
    assertEquals(1, timer.pending());
    closeAndCheck();
    timer.pass(Duration.ofHours(1));
    assertEquals(1, calls.started.get());
  }

  @Test
  void afterItsEnd() throws InterruptedException {
    gateway.next().fail(Status.UNAUTHENTICATED);
    assertThrows(StatusRuntimeException.class, updates::hasNext);
    closeAndCheck();
  }

  @Test
  void whileItConnects() throws IOException {
    try (ServerSocket deaf = new ServerSocket(0);
        CarDataClient own = CarDataClient.connect("localhost:" + deaf.getLocalPort());
        Subscription connecting = own.subscribe(SubscribeRequest.getDefaultInstance())) {
      assertEquals(1, own.subscriptions());
      connecting.close();
      assertFalse(connecting.iterator().hasNext());
      assertEquals(0, own.subscriptions());
    }
  }

  @Test
  void whileTheGatewayIsAway() throws InterruptedException {
    gateway.next();
    stopGateway();
    for (int i = 0; i < 3; i++) {
      Reconnecting reconnecting = assertInstanceOf(Reconnecting.class, updates.next().value());
      timer.pass(reconnecting.delay());
    }
    assertTrue(updates.hasNext());
    subscription.close();
    assertFalse(updates.hasNext());
    assertEquals(0, client.subscriptions());
  }

  /** Runs a reader on a thread of its own; it says whether it was left interrupted. */
  private FutureTask<Boolean> read(BooleanSupplier untilSeen, CompletableFuture<Thread> reading) {
    FutureTask<Boolean> reader =
        new FutureTask<>(
            () -> {
              while (updates.hasNext()) {
                updates.next();
                if (untilSeen.getAsBoolean()) {
                  reading.complete(Thread.currentThread());
                }
              }
              return Thread.currentThread().isInterrupted();
            });
    new Thread(reader, "reader").start();
    return reader;
  }

  @Test
  void byAnotherThreadWhileItsReaderWaits() throws Exception {
    FakeGateway.Stream stream = gateway.next();
    CompletableFuture<Thread> reading = new CompletableFuture<>();
    FutureTask<Boolean> reader = read(() -> true, reading);
    stream.send(started());
    reading.get();
    subscription.close();
    assertFalse(reader.get());
    stream.awaitCancelled();
  }

  @Test
  void byInterruptingItsReader() throws Exception {
    FakeGateway.Stream stream = gateway.next();
    CompletableFuture<Thread> reading = new CompletableFuture<>();
    FutureTask<Boolean> reader = read(() -> true, reading);
    stream.send(started());
    reading.get().interrupt();
    assertTrue(reader.get(), "still interrupted");
    stream.awaitCancelled();
    assertEnded();
  }

  @Test
  void byInterruptingAReaderThatHasMuchToRead() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1, 2, 3));
    updates.next();
    Thread.currentThread().interrupt();
    assertFalse(updates.hasNext());
    assertTrue(Thread.interrupted());
    assertEnded();
  }

  @Test
  void withItsClient() throws Exception {
    FakeGateway.Stream stream = gateway.next();
    CompletableFuture<Thread> reading = new CompletableFuture<>();
    FutureTask<Boolean> reader = read(() -> true, reading);
    stream.send(started());
    reading.get();
    client.close();
    assertFalse(reader.get());
    stream.awaitCancelled();
  }

  @Test
  void aClosedClientTakesNothing() {
    client.close();
    assertThrows(
        IllegalStateException.class, () -> client.subscribe(SubscribeRequest.getDefaultInstance()));
    assertThrows(
        StatusRuntimeException.class,
        () -> client.auth().listAccounts(ListAccountsRequest.getDefaultInstance()));
  }

  @Test
  void leavesNoThreadOfTheClients() throws Exception {
    CarDataClient own = CarDataClient.connect(gateway.target());
    gateway.next();
    own.subscribe(SubscribeRequest.getDefaultInstance());
    gateway.next().fail(Status.UNAVAILABLE);
    own.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("cardata-")) {
        thread.join();
      }
    }
  }
}
