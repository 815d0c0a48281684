// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;

/**
 * gRPC tries to connect after 1 s, times 1.6, up to two minutes, and has no setting for that. So
 * while it cannot connect, it is told each 30 s to begin anew.
 */
final class ReconnectLimit {
  private final ManagedChannel channel;
  private final Timer timer;
  private Runnable stop = () -> {};

  private ReconnectLimit(ManagedChannel channel, Timer timer) {
    this.channel = channel;
    this.timer = timer;
  }

  static void set(ManagedChannel channel, Timer timer) {
    new ReconnectLimit(channel, timer).look();
  }

  private synchronized void look() {
    stop.run();
    ConnectivityState state = channel.getState(false);
    if (state == ConnectivityState.SHUTDOWN) {
      return;
    }
    if (state == ConnectivityState.TRANSIENT_FAILURE) {
      stop = timer.after(Backoff.LONGEST, this::beginAnew);
    }
    channel.notifyWhenStateChanged(state, this::look);
  }

  private synchronized void beginAnew() {
    if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
      channel.resetConnectBackoff();
      stop = timer.after(Backoff.LONGEST, this::beginAnew);
    }
  }
}
