// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static io.github.cardatagateway.Responses.caughtUp;
import static io.github.cardatagateway.Responses.event;
import static io.github.cardatagateway.Responses.events;
import static io.github.cardatagateway.Responses.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.github.cardatagateway.v1.AccountRemoved;
import io.github.cardatagateway.v1.Entry;
import io.github.cardatagateway.v1.Gap;
import io.github.cardatagateway.v1.Heartbeat;
import io.github.cardatagateway.v1.Lag;
import io.github.cardatagateway.v1.NotKept;
import io.github.cardatagateway.v1.Position;
import io.github.cardatagateway.v1.StartPosition;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import io.grpc.Context;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a subscription hands over. */
class SubscriptionTest extends Fixture {
  private static final UnknownFieldSet NEWER =
      UnknownFieldSet.newBuilder()
          .addField(
              1000,
              UnknownFieldSet.Field.newBuilder()
                  .addLengthDelimited(ByteString.copyFromUtf8("newer"))
                  .build())
          .build();

  private final Subscription subscription =
      client.subscribe(
          SubscribeRequest.newBuilder()
              .addVins("WBA00000000000001")
              .setPosition(StartPosition.START_POSITION_EARLIEST)
              .build());
  private final Iterator<Update> updates = subscription.iterator();
  private FakeGateway.Stream stream;

  private Object read(long sequence, String token) {
    Update update = updates.next();
    assertEquals(sequence, update.sequence());
    assertEquals(token, update.resumeToken());
    return update.value();
  }

  private Subscription subscribe() {
    return client.subscribe(SubscribeRequest.getDefaultInstance());
  }

  private void accept() throws InterruptedException {
    stream = gateway.next();
    stream.send(started());
    assertEquals(started().getStarted(), read(0, "begin"));
  }

  @Test
  void sendsTheRequest() throws InterruptedException {
    accept();
    assertEquals(List.of("WBA00000000000001"), stream.request.getVinsList());
    assertEquals(StartPosition.START_POSITION_EARLIEST, stream.request.getPosition());
  }

  @Test
  void handsOverEveryKindOfEntryInItsPlace() throws InterruptedException {
    accept();
    Position position = Position.newBuilder().setLatitude(48.1).build();
    Gap gap = Gap.newBuilder().setAccount("home").build();
    AccountRemoved removed = AccountRemoved.newBuilder().setAccount("home").build();
    NotKept notKept = NotKept.newBuilder().setFirstSequence(3).build();
    stream.send(
        SubscribeResponse.newBuilder()
            .setResumeToken("token")
            .addEntries(event(1))
            .addEntries(Entry.newBuilder().setSequence(2).setPosition(position))
            .addEntries(Entry.newBuilder().setSequence(4).setGap(gap))
            .addEntries(Entry.newBuilder().setSequence(5).setAccountRemoved(removed))
            .addEntries(Entry.newBuilder().setSequence(6).setNotKept(notKept))
            .build());

    assertEquals(event(1).getEvent(), read(1, ""));
    assertEquals(position, read(2, ""));
    assertEquals(gap, read(4, ""));
    assertEquals(removed, read(5, ""));
    assertEquals(notKept, read(6, "token"));
  }

  @Test
  void handsOverEveryNotice() throws InterruptedException {
    accept();
    Heartbeat heartbeat = Heartbeat.newBuilder().setLogInMemoryOnly(true).build();
    Lag lag = Lag.newBuilder().setMissedEntries(7).build();
    stream.send(caughtUp("a"));
    stream.send(SubscribeResponse.newBuilder().setResumeToken("b").setHeartbeat(heartbeat).build());
    stream.send(SubscribeResponse.newBuilder().setResumeToken("c").setLag(lag).build());

    assertEquals(caughtUp("").getCaughtUp(), read(0, "a"));
    assertEquals(heartbeat, read(0, "b"));
    assertEquals(lag, read(0, "c"));
  }

  @Test
  void handsOnAnEntryThatOnlyANewerGatewayKnows() throws InterruptedException {
    accept();
    stream.send(
        SubscribeResponse.newBuilder()
            .setResumeToken("token")
            .addEntries(event(1))
            .addEntries(Entry.newBuilder().setSequence(2).setUnknownFields(NEWER))
            .build());

    assertEquals(event(1).getEvent(), read(1, ""));
    Entry unknown = assertInstanceOf(Entry.class, read(2, "token"));
    assertEquals(NEWER, unknown.getUnknownFields());
  }

  @Test
  void skipsANoticeThatOnlyANewerGatewayKnows() throws InterruptedException {
    accept();
    stream.send(
        SubscribeResponse.newBuilder().setResumeToken("skipped").setUnknownFields(NEWER).build());
    stream.send(
        SubscribeResponse.newBuilder()
            .setResumeToken("with")
            .addEntries(event(1))
            .setUnknownFields(NEWER)
            .build());

    assertEquals(event(1).getEvent(), read(1, "with"));
  }

  @Test
  void resumesAfterANoticeThatItSkipped() throws InterruptedException {
    accept();
    stream.send(
        SubscribeResponse.newBuilder().setResumeToken("skipped").setUnknownFields(NEWER).build());
    stream.end();
    assertInstanceOf(Reconnecting.class, read(0, ""));
    timer.pass(Duration.ofSeconds(1));
    assertEquals("skipped", gateway.next().request.getResumeToken());
  }

  @Test
  void givesTheTokenToANoticeThatComesWithEntries() throws InterruptedException {
    accept();
    stream.send(events(1, 2).toBuilder().setCaughtUp(caughtUp("").getCaughtUp()).build());
    assertEquals(event(1).getEvent(), read(1, ""));
    assertEquals(event(2).getEvent(), read(2, ""));
    assertEquals(caughtUp("").getCaughtUp(), read(0, "after 2"));
  }

  @Test
  void outlivesTheContextOfWhoeverSubscribed() throws Exception {
    accept();
    Context.CancellableContext context = Context.ROOT.withCancellation();
    try (Subscription inContext = context.call(this::subscribe)) {
      FakeGateway.Stream other = gateway.next();
      context.cancel(null);
      other.send(events(1));
      assertEquals(1, inContext.iterator().next().sequence());
    }
  }

  @Test
  void hasOneIterator() throws InterruptedException {
    accept();
    stream.send(events(1, 2));
    for (Update update : subscription) {
      assertEquals(1, update.sequence());
      break;
    }
    assertSame(updates, subscription.iterator());
    assertEquals(2, updates.next().sequence());
  }

  @Test
  void asksForNoMoreThanAFewResponsesAheadOfItsReader() throws InterruptedException {
    FakeGateway.Stream sending = gateway.next();
    for (int i = 1; i <= 100; i++) {
      sending.send(events(2L * i - 1, 2L * i));
    }
    calls.received.acquire(Feed.AHEAD);
    assertEquals(Feed.AHEAD, calls.requested.get());
    for (int i = 1; i <= 100; i++) {
      assertEquals(2L * i - 1, updates.next().sequence());
      assertEquals(2L * i, updates.next().sequence());
      assertFalse(calls.requested.get() > i + Feed.AHEAD, "asked for too much");
    }
  }
}
