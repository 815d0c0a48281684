// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.github.cardatagateway.v1.AuthServiceGrpc;
import io.github.cardatagateway.v1.ListAccountsRequest;
import io.github.cardatagateway.v1.ListAccountsResponse;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import io.github.cardatagateway.v1.TelematicsServiceGrpc;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;

/** A gateway whose every word is a test's. */
final class FakeGateway implements AutoCloseable {
  /** One call of Subscribe. */
  static final class Stream {
    final SubscribeRequest request;
    final Deadline deadline = Context.current().getDeadline();
    private final ServerCallStreamObserver<SubscribeResponse> observer;
    private final CountDownLatch cancelled = new CountDownLatch(1);

    Stream(SubscribeRequest request, ServerCallStreamObserver<SubscribeResponse> observer) {
      this.request = request;
      this.observer = observer;
      observer.setOnCancelHandler(cancelled::countDown);
    }

    void send(SubscribeResponse response) {
      observer.onNext(response);
    }

    void end() {
      observer.onCompleted();
    }

    void fail(Status status) {
      observer.onError(status.asException());
    }

    void fail(Throwable error) {
      observer.onError(error);
    }

    void awaitCancelled() throws InterruptedException {
      cancelled.await();
    }
  }

  final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
  final BlockingQueue<Deadline> deadlines = new LinkedBlockingQueue<>();
  private volatile Consumer<Stream> answer = streams::add;
  private final Server server;

  FakeGateway() {
    this(0, InsecureServerCredentials.create());
  }

  FakeGateway(int port, ServerCredentials credentials) {
    try {
      server =
          Grpc.newServerBuilderForPort(port, credentials)
              .addService(new Telematics())
              .addService(new Auth())
              .build()
              .start();
    } catch (IOException taken) {
      throw new UncheckedIOException(taken);
    }
  }

  int port() {
    return server.getPort();
  }

  String target() {
    return "localhost:" + port();
  }

  /** The next call of Subscribe. */
  Stream next() throws InterruptedException {
    return streams.take();
  }

  /** Has each call of Subscribe answered at once, instead of leaving it to {@link #next}. */
  void answer(Consumer<Stream> answer) {
    this.answer = answer;
  }

  /** Breaks all connections. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination();
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private final class Telematics extends TelematicsServiceGrpc.TelematicsServiceImplBase {
    @Override
    public void subscribe(SubscribeRequest request, StreamObserver<SubscribeResponse> observer) {
      answer.accept(new Stream(request, (ServerCallStreamObserver<SubscribeResponse>) observer));
    }
  }

  private final class Auth extends AuthServiceGrpc.AuthServiceImplBase {
    @Override
    public void listAccounts(
        ListAccountsRequest request, StreamObserver<ListAccountsResponse> observer) {
      deadlines.add(Context.current().getDeadline());
      observer.onNext(ListAccountsResponse.getDefaultInstance());
      observer.onCompleted();
    }
  }
}
