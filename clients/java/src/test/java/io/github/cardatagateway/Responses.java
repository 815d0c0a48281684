// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import com.google.protobuf.Duration;
import io.github.cardatagateway.v1.CaughtUp;
import io.github.cardatagateway.v1.Entry;
import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.Started;
import io.github.cardatagateway.v1.SubscribeResponse;

/** What the fake gateway says. */
final class Responses {
  private Responses() {}

  static SubscribeResponse started() {
    return started(15);
  }

  static SubscribeResponse started(int heartbeatSeconds) {
    return SubscribeResponse.newBuilder()
        .setResumeToken("begin")
        .setStarted(
            Started.newBuilder()
                .setHeartbeatInterval(Duration.newBuilder().setSeconds(heartbeatSeconds)))
        .build();
  }

  static SubscribeResponse caughtUp(String token) {
    return SubscribeResponse.newBuilder()
        .setResumeToken(token)
        .setCaughtUp(CaughtUp.getDefaultInstance())
        .build();
  }

  static Entry event(long sequence) {
    return Entry.newBuilder()
        .setSequence(sequence)
        .setEvent(Event.newBuilder().setAccount("home").setRaw(Long.toString(sequence)))
        .build();
  }

  /** Events with these numbers, and the last of them as the token. */
  static SubscribeResponse events(long... sequences) {
    SubscribeResponse.Builder response = SubscribeResponse.newBuilder();
    for (long sequence : sequences) {
      response.addEntries(event(sequence)).setResumeToken("after " + sequence);
    }
    return response.build();
  }
}
