// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts what a client asks of gRPC and gets from it. */
final class Calls implements ClientInterceptor {
  final AtomicInteger started = new AtomicInteger();
  final AtomicInteger requested = new AtomicInteger();
  final Semaphore received = new Semaphore(0);
  final Semaphore closed = new Semaphore(0);

  @Override
  public <A, B> ClientCall<A, B> interceptCall(
      MethodDescriptor<A, B> method, CallOptions options, Channel next) {
    return new ForwardingClientCall.SimpleForwardingClientCall<A, B>(
        next.newCall(method, options)) {
      @Override
      public void start(Listener<B> listener, Metadata headers) {
        started.incrementAndGet();
        super.start(
            new ForwardingClientCallListener.SimpleForwardingClientCallListener<B>(listener) {
              @Override
              public void onMessage(B message) {
                super.onMessage(message);
                received.release();
              }

              @Override
              public void onClose(Status status, Metadata trailers) {
                super.onClose(status, trailers);
                closed.release();
              }
            },
            headers);
      }

      @Override
      public void request(int count) {
        requested.addAndGet(count);
        super.request(count);
      }
    };
  }
}
