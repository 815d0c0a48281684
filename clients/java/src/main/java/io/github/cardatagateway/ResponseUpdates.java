// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.github.cardatagateway.v1.Entry;
import io.github.cardatagateway.v1.SubscribeResponse;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** One response of the gateway, taken apart as it is read. */
final class ResponseUpdates implements Iterator<Update> {
  private final SubscribeResponse response;
  private final int entries;
  private Object notice;
  private int next;

  ResponseUpdates(SubscribeResponse response) {
    this.response = response;
    entries = response.getEntriesCount();
    notice = notice(response);
  }

  @Override
  public boolean hasNext() {
    return next < entries || notice != null;
  }

  @Override
  public Update next() {
    if (next < entries) {
      Entry entry = response.getEntries(next++);
      return new Update(value(entry), entry.getSequence(), token());
    }
    if (notice == null) {
      throw new NoSuchElementException();
    }
    Object last = notice;
    notice = null;
    return new Update(last, 0, token());
  }

  private String token() {
    return hasNext() ? "" : response.getResumeToken();
  }

  private static Object value(Entry entry) {
    return switch (entry.getKindCase()) {
      case EVENT -> entry.getEvent();
      case POSITION -> entry.getPosition();
      case GAP -> entry.getGap();
      case NOT_KEPT -> entry.getNotKept();
      case ACCOUNT_REMOVED -> entry.getAccountRemoved();
      case KIND_NOT_SET -> entry;
    };
  }

  private static Object notice(SubscribeResponse response) {
    return switch (response.getNoticeCase()) {
      case STARTED -> response.getStarted();
      case CAUGHT_UP -> response.getCaughtUp();
      case HEARTBEAT -> response.getHeartbeat();
      case LAG -> response.getLag();
      case NOTICE_NOT_SET -> null;
    };
  }
}
