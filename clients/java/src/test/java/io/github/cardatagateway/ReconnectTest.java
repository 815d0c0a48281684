// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static io.github.cardatagateway.Responses.events;
import static io.github.cardatagateway.Responses.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.StartPosition;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import io.grpc.ConnectivityState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a subscription goes on, and when it does not. */
class ReconnectTest extends Fixture {
  private final SubscribeRequest request =
      SubscribeRequest.newBuilder()
          .addDescriptorPatterns("vehicle.*")
          .setPosition(StartPosition.START_POSITION_LIVE)
          .build();
  private final Iterator<Update> updates = client.subscribe(request).iterator();

  private Reconnecting reconnecting() {
    Update update = updates.next();
    assertEquals(0, update.sequence());
    assertEquals("", update.resumeToken());
    return assertInstanceOf(Reconnecting.class, update.value());
  }

  /** Reads that the stream ended, and lets the delay pass. */
  private FakeGateway.Stream nextStream() throws InterruptedException {
    timer.pass(reconnecting().delay());
    return gateway.next();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {
        "OK",
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED"
      })
  void goesOnAfter(Status.Code code) throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1, 2));
    stream.fail(code.toStatus().withDescription("for now"));
    assertEquals(1, updates.next().sequence());
    assertEquals(2, updates.next().sequence());

    Reconnecting reconnecting = reconnecting();
    assertEquals(code, reconnecting.error().getStatus().getCode());
    assertEquals("for now", CarDataError.of(reconnecting.error()).message());
    assertEquals(1, reconnecting.attempt());
    assertEquals(Duration.ofMillis(500), reconnecting.delay());
    timer.pass(Duration.ofMillis(500));
    FakeGateway.Stream next = gateway.next();
    assertEquals(
        request.toBuilder().setResumeToken("after 2").build(), next.request, "the same filters");
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "INVALID_ARGUMENT",
        "NOT_FOUND",
        "PERMISSION_DENIED",
        "UNAUTHENTICATED",
        "FAILED_PRECONDITION",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED"
      })
  void endsWith(Status.Code code) throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1));
    stream.fail(code.toStatus().withDescription("for ever"));
    assertEquals(1, updates.next().sequence());

    for (int i = 0; i < 2; i++) {
      StatusRuntimeException error =
          assertThrows(StatusRuntimeException.class, updates::hasNext, "again and again");
      assertEquals(code, error.getStatus().getCode());
      assertEquals("for ever", error.getStatus().getDescription());
    }
    assertEquals(0, timer.pending());
    assertEquals(0, client.subscriptions());
  }

  @Test
  void endsWhereTheTokenIsRefused() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1));
    stream.end();
    updates.next();
    nextStream()
        .fail(
            StatusProto.toStatusException(
                com.google.rpc.Status.newBuilder()
                    .setCode(Status.Code.INVALID_ARGUMENT.value())
                    .addDetails(
                        Any.pack(
                            ErrorInfo.newBuilder()
                                .setDomain("cardata-gateway")
                                .setReason(Reasons.RESUME_TOKEN_INVALID)
                                .build()))
                    .build()));
    StatusRuntimeException error = assertThrows(StatusRuntimeException.class, updates::next);
    assertEquals(Reasons.RESUME_TOKEN_INVALID, CarDataError.of(error).reason());
  }

  @Test
  void goesOnWhereTheGatewayEndsTheStream() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1));
    stream.end();
    updates.next();
    Reconnecting reconnecting = reconnecting();
    assertEquals(Status.Code.UNAVAILABLE, reconnecting.error().getStatus().getCode());
    timer.pass(reconnecting.delay());
    gateway.next().send(events(2));
    assertEquals(2, updates.next().sequence());
  }

  @Test
  void asksAsAtFirstWhileNothingHasCome() throws InterruptedException {
    gateway.next().fail(Status.UNAVAILABLE);
    assertEquals(request, nextStream().request);
  }

  @Test
  void waitsLongerFromAttemptToAttempt() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    long[] milliseconds = {500, 1000, 1600, 2560};
    for (int i = 0; i < milliseconds.length; i++) {
      stream.fail(Status.UNAVAILABLE);
      Reconnecting reconnecting = reconnecting();
      assertEquals(i + 1, reconnecting.attempt());
      assertEquals(Duration.ofMillis(milliseconds[i]), reconnecting.delay());
      timer.pass(reconnecting.delay().minusMillis(1));
      assertEquals(i + 1, calls.started.get(), "not before");
      timer.pass(Duration.ofMillis(1));
      stream = gateway.next();
    }

    stream.send(started());
    stream.fail(Status.UNAVAILABLE);
    updates.next();
    assertEquals(1, reconnecting().attempt(), "anew after a response");
  }

  @Test
  void waitsAtLeastAsLongAsTheGatewaySays() throws InterruptedException {
    gateway
        .next()
        .fail(
            StatusProto.toStatusException(
                com.google.rpc.Status.newBuilder()
                    .setCode(Status.Code.RESOURCE_EXHAUSTED.value())
                    .addDetails(
                        Any.pack(
                            RetryInfo.newBuilder()
                                .setRetryDelay(
                                    com.google.protobuf.Duration.newBuilder().setSeconds(90))
                                .build()))
                    .build()));
    assertEquals(Duration.ofSeconds(90), reconnecting().delay());
  }

  @Test
  void doesNotAskAgainBeforeItsReaderHasSeenTheEnd() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1));
    stream.fail(Status.UNAVAILABLE);
    updates.next();
    updates.hasNext(); // has taken the end, so the delay has begun
    timer.pass(Duration.ofMillis(500));
    assertEquals(2, calls.started.get());

    FakeGateway.Stream second = gateway.next();
    second.send(events(2));
    second.fail(Status.UNAVAILABLE);
    calls.closed.acquire(2);
    timer.pass(Duration.ofHours(1));
    assertEquals(2, calls.started.get());
    reconnecting();
    assertEquals(2, updates.next().sequence());
  }

  /** Large, and with a resume token that is not UTF-8. */
  private static SubscribeResponse malformed() {
    ByteString text = ByteString.copyFrom(new byte[32 << 10]).concat(ByteString.fromHex("ff"));
    int field = SubscribeResponse.RESUME_TOKEN_FIELD_NUMBER;
    return SubscribeResponse.newBuilder()
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    field, UnknownFieldSet.Field.newBuilder().addLengthDelimited(text).build())
                .build())
        .build();
  }

  @Test
  void asksAgainForAMalformedResponseAndWhatCameBehindIt() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1));
    stream.send(malformed());
    stream.send(events(2));
    calls.received.acquire(3);
    assertEquals(1, updates.next().sequence());
    Reconnecting reconnecting = reconnecting();
    assertEquals(Status.Code.INTERNAL, reconnecting.error().getStatus().getCode());
    stream.awaitCancelled();
    timer.pass(reconnecting.delay());
    assertEquals("after 1", gateway.next().request.getResumeToken());
  }

  @Test
  void asksAgainForAMalformedResponseWhoseStreamIsOver() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1));
    stream.send(malformed());
    stream.send(events(2));
    stream.fail(Status.UNAVAILABLE);
    calls.closed.acquire();
    assertEquals(1, updates.next().sequence());
    assertEquals("after 1", nextStream().request.getResumeToken());
  }

  private void awaitFailureOfChannel() throws InterruptedException {
    ConnectivityState state = channel.getState(false);
    while (state != ConnectivityState.TRANSIENT_FAILURE) {
      CountDownLatch changed = new CountDownLatch(1);
      channel.notifyWhenStateChanged(state, changed::countDown);
      changed.await();
      state = channel.getState(false);
    }
  }

  @Test
  void comesBackWithTheFirstAttemptThatFindsTheGateway() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(events(1));
    updates.next();
    stopGateway();
    for (int attempt = 1; attempt <= 5; attempt++) {
      Reconnecting reconnecting = reconnecting();
      assertEquals(attempt, reconnecting.attempt());
      if (attempt > 1) {
        assertEquals(Status.Code.UNAVAILABLE, reconnecting.error().getStatus().getCode());
        awaitFailureOfChannel(); // gRPC fails its calls just before it says so
      }
      if (attempt == 5) {
        startGateway();
      }
      timer.pass(reconnecting.delay());
    }
    FakeGateway.Stream back = gateway.next();
    assertEquals("after 1", back.request.getResumeToken());
    back.send(events(2));
    assertInstanceOf(Event.class, updates.next().value());
  }

  @Test
  void takesASilentStreamForDead() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    stream.send(started(20));
    updates.next();
    timer.pass(Duration.ofSeconds(49));
    assertEquals(1, calls.started.get());
    timer.pass(Duration.ofSeconds(1));
    assertEquals(
        "the gateway was silent for 50 s", CarDataError.of(reconnecting().error()).message());
    stream.awaitCancelled();
    timer.pass(Duration.ofMillis(500));
    assertEquals("begin", gateway.next().request.getResumeToken());
  }

  @Test
  void takesAStreamForDeadThatDoesNotEvenBegin() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    timer.pass(Duration.ofSeconds(40));
    reconnecting();
    stream.awaitCancelled();
  }

  @Test
  void doesNotTakeAStreamForDeadThatItDoesNotRead() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    for (int i = 1; i <= 3 * Feed.AHEAD; i++) {
      stream.send(events(i));
    }
    calls.received.acquire(Feed.AHEAD);
    timer.pass(Duration.ofHours(1));
    for (int i = 1; i <= 3 * Feed.AHEAD; i++) {
      assertEquals(i, updates.next().sequence());
    }
    assertFalse(calls.started.get() > 1);
  }

  @Test
  void countsTheSilenceFromWhenItReadsAgain() throws InterruptedException {
    FakeGateway.Stream stream = gateway.next();
    for (int i = 1; i <= Feed.AHEAD; i++) {
      stream.send(events(i));
    }
    calls.received.acquire(Feed.AHEAD);
    timer.pass(Duration.ofHours(1).plusSeconds(20));
    for (int i = 1; i <= Feed.AHEAD; i++) {
      updates.next();
    }
    timer.pass(Duration.ofSeconds(39));
    stream.send(events(100));
    assertEquals(100, updates.next().sequence());
  }
}
