// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.locks.LockSupport;

/**
 * Follows cars: updates one after the other, without end, over restarts of the gateway and broken
 * connections.
 *
 * <p>The loop over it waits for the next update. It ends
 *
 * <ul>
 *   <li>without an error when this or its client is closed, from whichever thread, or when the
 *       thread that reads is interrupted, which closes this and leaves the thread's interrupted
 *       status set;
 *   <li>with a {@link StatusRuntimeException} that trying again would not mend: INVALID_ARGUMENT,
 *       NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION, OUT_OF_RANGE or
 *       UNIMPLEMENTED. {@link CarDataError#of} says more.
 * </ul>
 *
 * Every other error makes it subscribe again with the last resume token, after a delay of which a
 * {@link Reconnecting} tells.
 *
 * <p>One thread at a time reads. Close it when it is used no longer: leaving the loop alone does
 * not.
 */
public final class Subscription implements Iterable<Update>, AutoCloseable {
  private final Feed feed;
  private final Reader reader;

  Subscription(Feed feed) {
    this.feed = feed;
    reader = new Reader(feed);
    feed.start(reader::wake);
  }

  /**
   * The updates, and always the same iterator: a second loop goes on where the first one was left.
   *
   * @return the iterator; its {@code hasNext} waits, and throws the error with which the
   *     subscription ended
   */
  @Override
  public Iterator<Update> iterator() {
    return reader;
  }

  /** Ends the subscription at once, from any thread; what was not read is dropped. */
  @Override
  public void close() {
    feed.cancel();
  }

  private static final class Reader implements Iterator<Update> {
    private final Feed feed;
    private final Updates updates;
    private Update next;
    private volatile Thread waiting;

    Reader(Feed feed) {
      this.feed = feed;
      updates = new Updates(feed);
    }

    void wake() {
      LockSupport.unpark(waiting);
    }

    @Override
    public boolean hasNext() {
      if (Thread.currentThread().isInterrupted()) {
        feed.cancel();
      }
      if (feed.isCancelled()) {
        next = null;
        return false;
      }
      if (next == null) {
        next = updates.poll();
      }
      return next != null || await();
    }

    private boolean await() {
      waiting = Thread.currentThread();
      try {
        while ((next = updates.poll()) == null && !updates.isOver()) {
          LockSupport.park(feed);
          if (Thread.currentThread().isInterrupted()) {
            feed.cancel();
          }
        }
      } finally {
        waiting = null;
      }
      StatusRuntimeException error = updates.error();
      if (next == null && error != null) {
        // Anew, so that its stack trace is that of the reader.
        throw error.getStatus().asRuntimeException(error.getTrailers());
      }
      return next != null;
    }

    @Override
    public Update next() {
      if (next == null && !hasNext()) {
        throw new NoSuchElementException("the subscription is closed");
      }
      Update update = next;
      next = null;
      return update;
    }
  }
}
