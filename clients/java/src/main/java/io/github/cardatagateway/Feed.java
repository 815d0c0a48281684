// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What the gateway sends to one subscription, over all its streams, for one reader to poll.
 *
 * <pre>
 *   start → a stream ─┬→ its end → a delay → a stream with the last resume token → …
 *                     └→ an error that trying again would not mend: over
 * </pre>
 *
 * It holds a few responses that the reader has not taken and asks for no more; nor does it ask for
 * another stream before the reader has taken all of the last one. Every method may be called from
 * any thread.
 */
final class Feed {
  /** How many responses are asked for ahead of the reader. */
  static final int AHEAD = 4;

  private static final Set<Status.Code> LASTING =
      EnumSet.of(
          Status.Code.INVALID_ARGUMENT,
          Status.Code.NOT_FOUND,
          Status.Code.PERMISSION_DENIED,
          Status.Code.UNAUTHENTICATED,
          Status.Code.FAILED_PRECONDITION,
          Status.Code.OUT_OF_RANGE,
          Status.Code.UNIMPLEMENTED);

  private static final Duration USUAL_HEARTBEAT = Duration.ofSeconds(15);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ManagedChannel channel;
  private final Timer timer;
  private final Backoff backoff;
  private final SubscribeRequest request;
  private final Consumer<Feed> whenOver;
  private Runnable whenReady = () -> {};

  private final Queue<Received> arrived = new ArrayDeque<>();
  private Update reconnecting; // comes after what arrived
  private volatile boolean cancelled;
  private boolean over;
  private StatusRuntimeException error;

  private ClientCall<SubscribeRequest, Received> call; // null between two streams
  private int asked; // of the call: how many responses are still to come
  private String token = "";
  private int attempt; // since the gateway last sent something
  private boolean due; // the delay before it is over
  private boolean connecting; // between that and the call
  private long heardAt;
  private Duration patience;
  private Runnable stopTimer = () -> {};

  /** {@code whenOver} is told once nothing more will come, for whichever reason. */
  Feed(
      ManagedChannel channel,
      Timer timer,
      Backoff backoff,
      SubscribeRequest request,
      Consumer<Feed> whenOver) {
    this.channel = channel;
    this.timer = timer;
    this.backoff = backoff;
    this.request = request;
    this.whenOver = whenOver;
    patience =
        patience(
            request.hasHeartbeatInterval()
                ? Durations.of(request.getHeartbeatInterval()).orElse(USUAL_HEARTBEAT)
                : USUAL_HEARTBEAT);
  }

  /**
   * {@code whenReady} is run when there may be something to poll, and must neither wait nor poll.
   */
  synchronized void start(Runnable whenReady) {
    this.whenReady = whenReady;
    if (!over) {
      connect();
    }
  }

  /** The next updates, or null if there are none yet. */
  Iterator<Update> poll() {
    Received next;
    synchronized (this) {
      next = arrived.poll();
      if (next == null) {
        return pollReconnecting();
      }
      if (call != null) {
        ask();
      }
    }
    return read(next);
  }

  private Iterator<Update> pollReconnecting() {
    if (reconnecting == null) {
      return null;
    }
    Update last = reconnecting;
    reconnecting = null;
    if (due) {
      connect();
    }
    return List.of(last).iterator();
  }

  private Iterator<Update> read(Received received) {
    SubscribeResponse response;
    try {
      response = received.read();
    } catch (StatusRuntimeException malformed) {
      refuse(malformed);
      return Collections.emptyIterator();
    }
    note(response);
    return new ResponseUpdates(response);
  }

  /** Whether there is nothing to poll and never will be. */
  synchronized boolean isOver() {
    return over && arrived.isEmpty();
  }

  /** Why it is over: the gateway's last word, or null if it was cancelled. */
  synchronized StatusRuntimeException error() {
    return cancelled ? null : error;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Ends it at once; what has not been polled is dropped. */
  synchronized void cancel() {
    cancelled = true;
    drop();
    reconnecting = null;
    if (call != null) {
      call.cancel("the subscription was closed", null);
    }
    end();
  }

  private void connect() {
    due = false;
    connecting = true;
    if (channel.getState(false) != ConnectivityState.TRANSIENT_FAILURE) {
      call();
      return;
    }
    // A call would fail now with the error of the last connection, without a new one being tried.
    // Idle, the channel tries one for it. This also starts gRPC's own back-off anew, which cannot
    // be configured.
    stopTimer = timer.after(GRACE, this::call);
    channel.notifyWhenStateChanged(ConnectivityState.TRANSIENT_FAILURE, this::call);
    channel.enterIdle();
  }

  private synchronized void call() {
    if (over || !connecting) {
      return;
    }
    connecting = false;
    stopTimer.run();
    // The call is not to end with the context of whoever happens to be here.
    Context.ROOT.run(this::begin);
  }

  private void begin() {
    call = channel.newCall(Received.SUBSCRIBE, CallOptions.DEFAULT);
    call.start(new Listener(call), new Metadata());
    asked = 0;
    ask();
    call.sendMessage(token.isEmpty() ? request : request.toBuilder().setResumeToken(token).build());
    call.halfClose();
    watch(call, patience);
  }

  private void ask() {
    int room = AHEAD - arrived.size() - asked;
    if (2 * room < AHEAD) {
      return;
    }
    if (asked == 0) {
      heardAt = timer.now(); // the silence until now was of our own making
    }
    asked += room;
    call.request(room);
  }

  private void watch(ClientCall<?, ?> watched, Duration delay) {
    stopTimer = timer.after(delay, () -> listenFor(watched));
  }

  private synchronized void listenFor(ClientCall<?, ?> watched) {
    if (call != watched) {
      return;
    }
    Duration left = asked == 0 ? patience : patience.minusNanos(timer.now() - heardAt);
    if (left.compareTo(Duration.ZERO) > 0) {
      watch(watched, left);
      return;
    }
    call.cancel("silent for too long", null);
    broke(
        Status.UNAVAILABLE
            .withDescription("the gateway was silent for " + patience.toSeconds() + " s")
            .asRuntimeException());
    whenReady.run();
  }

  private static Duration patience(Duration heartbeatInterval) {
    return heartbeatInterval.multipliedBy(2).plus(GRACE);
  }

  private synchronized void note(SubscribeResponse response) {
    if (!response.getResumeToken().isEmpty()) {
      token = response.getResumeToken();
    }
    noteHeartbeat(response);
  }

  private void noteHeartbeat(SubscribeResponse response) {
    if (response.getStarted().hasHeartbeatInterval()) {
      Durations.of(response.getStarted().getHeartbeatInterval())
          .ifPresent(interval -> patience = patience(interval));
    }
  }

  /** Drops what came behind it, too, and so leaves no hole: all of that is sent again. */
  private synchronized void refuse(StatusRuntimeException malformed) {
    drop();
    if (call != null) {
      call.cancel("a malformed response", malformed);
      broke(malformed);
    }
  }

  private void drop() {
    arrived.forEach(Received::close);
    arrived.clear();
  }

  private void broke(StatusRuntimeException cause) {
    call = null;
    stopTimer.run();
    attempt++;
    Duration atLeast = CarDataError.of(cause).retryDelay().orElse(Duration.ZERO);
    Duration delay = backoff.before(attempt);
    if (delay.compareTo(atLeast) < 0) {
      delay = atLeast;
    }
    reconnecting = new Update(new Reconnecting(cause, attempt, delay), 0, "");
    stopTimer = timer.after(delay, this::delayIsOver);
  }

  private synchronized void delayIsOver() {
    if (over || call != null) {
      return;
    }
    due = true;
    if (reconnecting == null) {
      connect();
    }
  }

  private void end() {
    call = null;
    stopTimer.run();
    if (!over) {
      over = true;
      whenOver.accept(this);
      whenReady.run();
    }
  }

  private final class Listener extends ClientCall.Listener<Received> {
    private final ClientCall<?, ?> mine;

    Listener(ClientCall<?, ?> mine) {
      this.mine = mine;
    }

    @Override
    public void onMessage(Received received) {
      synchronized (Feed.this) {
        if (call != mine) {
          received.close();
          return;
        }
        asked--;
        attempt = 0;
        heardAt = timer.now();
        if (received.parsed() != null) {
          noteHeartbeat(received.parsed());
        }
        arrived.add(received);
        whenReady.run();
      }
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
      synchronized (Feed.this) {
        if (call != mine) {
          return;
        }
        if (LASTING.contains(status.getCode())) {
          error = status.asRuntimeException(trailers);
          end();
          return;
        }
        broke(
            status.isOk()
                ? Status.UNAVAILABLE
                    .withDescription("the gateway ended the stream without an error")
                    .asRuntimeException()
                : status.asRuntimeException(trailers));
        whenReady.run();
      }
    }
  }
}
