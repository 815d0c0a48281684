// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.Context;
import io.grpc.MethodDescriptor;
import java.util.concurrent.TimeUnit;

/** Gives unary calls a deadline that have none. */
final class UnaryDeadline implements ClientInterceptor {
  private static final long SECONDS = 60; // the gateway gives each request to BMW 30 s

  @Override
  public <A, B> ClientCall<A, B> interceptCall(
      MethodDescriptor<A, B> method, CallOptions options, Channel next) {
    boolean without =
        method.getType() == MethodDescriptor.MethodType.UNARY
            && options.getDeadline() == null
            && Context.current().getDeadline() == null;
    return next.newCall(
        method, without ? options.withDeadlineAfter(SECONDS, TimeUnit.SECONDS) : options);
  }
}
