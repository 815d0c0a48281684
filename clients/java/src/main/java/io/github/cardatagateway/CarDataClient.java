// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.github.cardatagateway.v1.AuthServiceGrpc;
import io.github.cardatagateway.v1.ChargingServiceGrpc;
import io.github.cardatagateway.v1.ContainerServiceGrpc;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.TelematicsServiceGrpc;
import io.github.cardatagateway.v1.VehicleServiceGrpc;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Flow;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A client of the gateway: its five services, and subscriptions that go on by themselves, on one
 * connection. All of it may be used by any number of threads.
 *
 * <p>A unary call without a deadline gets one of 60 s. A call that fails throws gRPC's {@code
 * StatusRuntimeException}, which {@link CarDataError#of} reads. Close the client when it is used no
 * longer.
 */
public final class CarDataClient implements AutoCloseable {
  private final ManagedChannel connection;
  private final Channel channel;
  private final Timer timer;
  private final Runnable stopTimer;
  private final Backoff backoff;
  private final ExecutorService deliveries;
  private final Set<Feed> feeds = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /**
   * Connects to a gateway. It does not wait until the gateway is there.
   *
   * @param target the gateway's address as gRPC names it: {@code "localhost:9610"}, {@code
   *     "dns:///cardata:9610"}, {@code "unix:/run/cardata.sock"}. The connection is plaintext where
   *     it is localhost, in 127.0.0.0/8, [::1] or a Unix socket, and TLS with the JVM's roots
   *     everywhere else.
   * @return the client
   * @throws IllegalArgumentException if the target is not an address
   */
  public static CarDataClient connect(String target) {
    return builder(target).connect();
  }

  /**
   * Connects to a gateway with more to say about it: TLS.
   *
   * @param target as {@link #connect} has it
   * @return what to say it to
   */
  public static CarDataClientBuilder builder(String target) {
    return new CarDataClientBuilder(target);
  }

  static CarDataClient on(ManagedChannel connection) {
    ThreadTimer timer = new ThreadTimer(daemons("cardata-timer"));
    return new CarDataClient(
        connection,
        timer,
        timer::close,
        new Backoff(() -> ThreadLocalRandom.current().nextDouble()));
  }

  CarDataClient(ManagedChannel connection, Timer timer, Runnable stopTimer, Backoff backoff) {
    this.connection = connection;
    this.timer = timer;
    this.stopTimer = stopTimer;
    this.backoff = backoff;
    channel = ClientInterceptors.intercept(connection, new UnaryDeadline());
    // What comes after the client was closed is run where it came from.
    deliveries =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            10,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            daemons("cardata-flow"),
            (task, full) -> task.run());
    ReconnectLimit.set(connection, timer);
  }

  private static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Vehicles: the list, basic data, pictures, tyres, values of containers.
   *
   * @return the service's stub
   */
  public VehicleServiceGrpc.VehicleServiceBlockingStub vehicles() {
    return VehicleServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Containers: what reads of vehicles' values read.
   *
   * @return the service's stub
   */
  public ContainerServiceGrpc.ContainerServiceBlockingStub containers() {
    return ContainerServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Charging: sessions, settings.
   *
   * @return the service's stub
   */
  public ChargingServiceGrpc.ChargingServiceBlockingStub charging() {
    return ChargingServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Logins and accounts.
   *
   * @return the service's stub
   */
  public AuthServiceGrpc.AuthServiceBlockingStub auth() {
    return AuthServiceGrpc.newBlockingStub(channel);
  }

  /**
   * Current values and the catalogue of descriptors. To follow cars use {@link #subscribe} or
   * {@link #publisher}.
   *
   * @return the service's stub
   */
  public TelematicsServiceGrpc.TelematicsServiceBlockingStub telematics() {
    return TelematicsServiceGrpc.newBlockingStub(channel);
  }

  /**
   * The connection, for gRPC's other kinds of stubs.
   *
   * @return the channel; it is closed with the client
   */
  public Channel channel() {
    return channel;
  }

  /**
   * Follows cars, as a loop that waits.
   *
   * @param request what to follow and from where; the default instance is a good one: the current
   *     values of all vehicles, then everything that arrives
   * @return the subscription, which has begun
   * @throws IllegalStateException if the client is closed
   */
  public Subscription subscribe(SubscribeRequest request) {
    return new Subscription(open(request));
  }

  /**
   * Follows cars, as a publisher of which each subscriber gets a subscription of its own. What its
   * subscribers did not request waits in the gateway; not more than a few responses of the
   * gateway's wait here. {@code onNext} may block: it runs on a thread that the subscriber has to
   * itself meanwhile.
   *
   * <p>{@code onError} gets what {@link Subscription} says, {@code onComplete} comes when the
   * client is closed.
   *
   * @param request as {@link #subscribe} has it
   * @return the publisher
   */
  public Flow.Publisher<Update> publisher(SubscribeRequest request) {
    Objects.requireNonNull(request, "request");
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      new FlowSubscription(subscriber, newFeed(request), deliveries).start();
    };
  }

  private Feed open(SubscribeRequest request) {
    Feed feed = newFeed(Objects.requireNonNull(request, "request"));
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    return feed;
  }

  private Feed newFeed(SubscribeRequest request) {
    Feed feed = new Feed(connection, timer, backoff, request, feeds::remove);
    feeds.add(feed);
    if (closed) {
      feed.cancel();
    }
    return feed;
  }

  /** How many subscriptions there are. */
  int subscriptions() {
    return feeds.size();
  }

  /** Ends all calls and subscriptions at once, and the connection. */
  @Override
  public void close() {
    closed = true;
    feeds.forEach(Feed::cancel);
    deliveries.shutdown();
    connection.shutdownNow();
    stopTimer.run();
  }
}
