// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.cardatagateway.v1.ListAccountsRequest;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.github.cardatagateway.v1.SubscribeResponse;
import io.github.cardatagateway.v1.TelematicsServiceGrpc;
import io.grpc.ConnectivityState;
import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.InsecureServerCredentials;
import io.grpc.ManagedChannel;
import io.grpc.ServerCredentials;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsServerCredentials;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the client connects, and what it refuses. */
class ConnectTest {
  @TempDir static Path folder;
  private static Certificates certificates;

  @BeforeAll
  static void issue() throws IOException, InterruptedException {
    certificates = new Certificates(folder);
    certificates.issue("gateway", "DNS:cardata.example,IP:127.0.0.1");
    certificates.issue("caller", "DNS:caller");
  }

  private static void call(CarDataClient client) {
    client.auth().listAccounts(ListAccountsRequest.getDefaultInstance());
  }

  private static void assertUnavailable(CarDataClient client) {
    StatusRuntimeException error = assertThrows(StatusRuntimeException.class, () -> call(client));
    assertEquals(Status.Code.UNAVAILABLE, error.getStatus().getCode());
  }

  private static FakeGateway tls() throws IOException {
    return new FakeGateway(
        0,
        TlsServerCredentials.create(
            certificates.file("gateway.pem").toFile(), certificates.file("gateway.key").toFile()));
  }

  private static FakeGateway mutualTls() throws IOException {
    ServerCredentials credentials =
        TlsServerCredentials.newBuilder()
            .keyManager(
                certificates.file("gateway.pem").toFile(),
                certificates.file("gateway.key").toFile())
            .trustManager(certificates.file("ca.pem").toFile())
            .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
            .build();
    return new FakeGateway(0, credentials);
  }

  @Test
  void inPlaintextOnThisMachine() {
    try (FakeGateway gateway = new FakeGateway();
        CarDataClient client = CarDataClient.connect("127.0.0.1:" + gateway.port())) {
      call(client);
    }
  }

  @Test
  void byAUnixSocket() throws IOException {
    Path socket = folder.resolve("cardata.sock");
    try (FakeGateway gateway = new FakeGateway();
        UnixSocket relay = new UnixSocket(socket, gateway.port());
        CarDataClient client = CarDataClient.connect("unix:" + socket)) {
      call(client);
    }
  }

  @Test
  void withTlsAndAnAuthorityOfItsOwn() throws IOException {
    try (FakeGateway gateway = tls();
        CarDataClient client =
            CarDataClient.builder("127.0.0.1:" + gateway.port())
                .ca(certificates.pem("ca.pem"))
                .connect()) {
      call(client);
    }
  }

  @Test
  void byAnotherNameThanTheCertificates() throws IOException {
    try (FakeGateway gateway = tls();
        CarDataClient client =
            CarDataClient.builder(gateway.target()).ca(certificates.pem("ca.pem")).connect();
        CarDataClient knowing =
            CarDataClient.builder(gateway.target())
                .ca(certificates.pem("ca.pem"))
                .serverName("cardata.example")
                .connect()) {
      assertUnavailable(client);
      call(knowing);
    }
  }

  @Test
  void notToAnAuthorityThatTheJvmDoesNotKnow() throws IOException {
    try (FakeGateway gateway = tls();
        CarDataClient client =
            CarDataClient.builder(gateway.target()).serverName("cardata.example").connect()) {
      assertUnavailable(client);
    }
  }

  @Test
  void withACertificate() throws IOException {
    try (FakeGateway gateway = mutualTls();
        CarDataClient client =
            CarDataClient.builder("127.0.0.1:" + gateway.port())
                .ca(certificates.pem("ca.pem"))
                .certificate(certificates.pem("caller.pem"), certificates.pem("caller.key"))
                .connect();
        CarDataClient nobody =
            CarDataClient.builder("127.0.0.1:" + gateway.port())
                .ca(certificates.pem("ca.pem"))
                .connect()) {
      call(client);
      assertUnavailable(nobody);
    }
  }

  @Test
  void inPlaintextWhereverItIsSaid() {
    try (FakeGateway gateway = new FakeGateway();
        CarDataClient client =
            CarDataClient.builder("0.0.0.0:" + gateway.port()).plaintext().connect()) {
      assertFalse(Targets.isLocal("0.0.0.0:9610"));
      call(client);
    }
  }

  private static String refusal(CarDataClientBuilder builder) {
    return assertThrows(IllegalArgumentException.class, builder::connect).getMessage();
  }

  @Test
  void refusesPlaintextTogetherWithTls() throws IOException {
    byte[] ca = certificates.pem("ca.pem");
    String refused =
        "plaintext does not go together with ca, certificate or serverName: leave it out for TLS";
    assertEquals(refused, refusal(CarDataClient.builder("a:1").plaintext().ca(ca)));
    assertEquals(refused, refusal(CarDataClient.builder("a:1").serverName("a").plaintext()));
  }

  @Test
  void saysWhatIsNotPem() throws Exception {
    byte[] text = "no PEM".getBytes(StandardCharsets.UTF_8);
    byte[] certificate = certificates.pem("caller.pem");
    assertTrue(refusal(CarDataClient.builder("a:1").ca(text)).startsWith("ca: "));
    assertTrue(refusal(CarDataClient.builder("a:1").ca(new byte[0])).startsWith("ca: "));
    assertTrue(
        refusal(CarDataClient.builder("a:1").certificate(text, certificates.pem("caller.key")))
            .startsWith("certificate: "));
    assertTrue(
        refusal(CarDataClient.builder("a:1").certificate(certificate, text)).startsWith("key: "));
    certificates.run(List.of("openssl", "ec", "-in", "caller.key", "-out", "old.key"));
    assertTrue(
        refusal(CarDataClient.builder("a:1").certificate(certificate, certificates.pem("old.key")))
            .contains("openssl pkey"));
    assertTrue(
        refusal(
                CarDataClient.builder("a:1")
                    .certificate(certificate, certificates.pem("gateway.key")))
            .startsWith("key: "));
  }

  @Test
  void refusesWhatIsNoAddress() {
    assertThrows(IllegalArgumentException.class, () -> CarDataClient.connect("pigeon:///roof"));
    assertThrows(NullPointerException.class, () -> CarDataClient.connect(null));
  }

  @Test
  void givesUnaryCallsADeadlineThatHaveNone() throws Exception {
    ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
    try (FakeGateway gateway = new FakeGateway();
        CarDataClient client = CarDataClient.connect(gateway.target())) {
      call(client);
      Deadline usual = gateway.deadlines.take();
      assertTrue(usual.timeRemaining(TimeUnit.SECONDS) <= 60);

      client
          .auth()
          .withDeadlineAfter(1, TimeUnit.HOURS)
          .listAccounts(ListAccountsRequest.getDefaultInstance());
      assertTrue(usual.isBefore(gateway.deadlines.take().offset(-30, TimeUnit.MINUTES)));

      Context.current().withDeadlineAfter(1, TimeUnit.HOURS, scheduler).run(() -> call(client));
      assertTrue(usual.isBefore(gateway.deadlines.take().offset(-30, TimeUnit.MINUTES)));
    } finally {
      scheduler.shutdownNow();
    }
  }

  @Test
  void givesStreamsNone() throws InterruptedException {
    try (FakeGateway gateway = new FakeGateway();
        CarDataClient client = CarDataClient.connect(gateway.target())) {
      TelematicsServiceGrpc.newStub(client.channel())
          .subscribe(SubscribeRequest.getDefaultInstance(), new Ignoring());
      assertNull(gateway.next().deadline);
    }
  }

  @Test
  void triesEach30SecondsAtLeast() throws Exception {
    int port;
    try (FakeGateway gateway = new FakeGateway()) {
      port = gateway.port();
    }
    FakeTimer timer = new FakeTimer();
    ManagedChannel channel =
        Grpc.newChannelBuilder("localhost:" + port, InsecureChannelCredentials.create()).build();
    try (CarDataClient client =
        new CarDataClient(channel, timer, () -> {}, new Backoff(() -> 0.5))) {
      assertUnavailable(client);
      try (FakeGateway gateway = new FakeGateway(port, InsecureServerCredentials.create())) {
        assertUnavailable(client);
        CountDownLatch connected = new CountDownLatch(1);
        channel.notifyWhenStateChanged(ConnectivityState.TRANSIENT_FAILURE, connected::countDown);
        timer.pass(Backoff.LONGEST);
        connected.await();
        call(client);
      }
    }
  }

  private static final class Ignoring implements StreamObserver<SubscribeResponse> {
    @Override
    public void onNext(SubscribeResponse response) {}

    @Override
    public void onError(Throwable error) {}

    @Override
    public void onCompleted() {}
  }
}
