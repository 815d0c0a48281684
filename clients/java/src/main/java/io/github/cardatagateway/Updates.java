// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.StatusRuntimeException;
import java.util.Collections;
import java.util.Iterator;

/** The updates of a feed one by one, for one reader. */
final class Updates {
  private final Feed feed;
  private Iterator<Update> current = Collections.emptyIterator();

  Updates(Feed feed) {
    this.feed = feed;
  }

  /** The next one, or null if there is none yet. */
  Update poll() {
    if (feed.isCancelled()) {
      return null;
    }
    while (!current.hasNext()) {
      current = Collections.emptyIterator(); // what was read is garbage while the next is parsed
      Iterator<Update> next = feed.poll();
      if (next == null) {
        return null;
      }
      current = next;
    }
    return current.next();
  }

  /** Whether there is none and never will be. */
  boolean isOver() {
    return feed.isCancelled() || (!current.hasNext() && feed.isOver());
  }

  /** Why it is over, if it was not cancelled; else null. */
  StatusRuntimeException error() {
    return feed.error();
  }
}
