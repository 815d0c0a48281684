// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.rpc.BadRequest;
import example.Errors;
import example.Follow;
import example.React;
import example.Resume;
import io.github.cardatagateway.v1.CaughtUp;
import io.github.cardatagateway.v1.Event;
import io.github.cardatagateway.v1.Gap;
import io.github.cardatagateway.v1.GapCause;
import io.github.cardatagateway.v1.GetCurrentValuesRequest;
import io.github.cardatagateway.v1.NotKept;
import io.github.cardatagateway.v1.StartPosition;
import io.github.cardatagateway.v1.SubscribeRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/** The client, and the examples of README.md, with the real gateway and the simulator. */
@EnabledIfEnvironmentVariable(
    named = "CARDATA_BIN",
    matches = ".+",
    disabledReason = "CARDATA_BIN does not name the folder with cardata-gateway and cardata-sim")
class RealGatewayTest {
  private static final SubscribeRequest FROM_THE_START =
      SubscribeRequest.newBuilder().setPosition(StartPosition.START_POSITION_EARLIEST).build();

  @TempDir static Path folder;
  private static RealGateway gateway;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    gateway = new RealGateway(folder);
    gateway.logIn();
    gateway.sendEvents(200, 0);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    gateway.close();
  }

  private static CarDataClient connect() {
    return CarDataClient.connect(gateway.target());
  }

  /** Follows over kills of the gateway, and ends up with exactly what its log holds. */
  @Test
  void losesAndDoublesNothingWhenTheGatewayIsKilled() throws IOException, InterruptedException {
    TreeMap<Long, Object> followed = new TreeMap<>();
    List<GapCause> gaps = new ArrayList<>();
    try (CarDataClient client = connect();
        Subscription subscription = client.subscribe(FROM_THE_START)) {
      Iterator<Update> updates = subscription.iterator();
      for (int kill = 0; kill <= 2; kill++) {
        for (int events = 0; events < 100; ) {
          Update update = updates.next();
          if (update.sequence() > 0) {
            long last = followed.isEmpty() ? 0 : followed.lastKey();
            assertTrue(update.sequence() > last, "in order, and once");
            followed.put(update.sequence(), update.value());
          }
          if (update.value() instanceof Event) {
            events++;
          } else if (update.value() instanceof Gap gap) {
            gaps.add(gap.getCause());
          }
        }
        if (kill < 2) {
          gateway.kill();
          gateway.restart();
        }
      }
    }
    assertTrue(gaps.contains(GapCause.GAP_CAUSE_GATEWAY_DOWN), gaps.toString());

    long last = followed.lastKey();
    Map<Long, Object> kept = new TreeMap<>();
    try (CarDataClient client = connect();
        Subscription log = client.subscribe(FROM_THE_START)) {
      for (Update update : log) {
        if (update.value() instanceof CaughtUp) {
          break;
        } else if (update.sequence() > 0 && update.sequence() <= last) {
          kept.put(update.sequence(), update.value());
        }
        if (update.value() instanceof NotKept lost) {
          followed
              .keySet()
              .removeIf(n -> n >= lost.getFirstSequence() && n <= lost.getLastSequence());
        }
      }
    }
    assertEquals(kept, followed);
  }

  @Test
  void readsTheGatewaysErrors() {
    try (CarDataClient client = connect()) {
      StatusRuntimeException thrown =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  client
                      .telematics()
                      .getCurrentValues(
                          GetCurrentValuesRequest.newBuilder().setVin("short").build()));
      CarDataError error = CarDataError.of(thrown);
      assertEquals(Status.Code.INVALID_ARGUMENT, error.code());
      assertEquals(Reasons.INVALID_REQUEST, error.reason());
      assertEquals(
          List.of("vin"),
          error.fieldViolations().stream().map(BadRequest.FieldViolation::getField).toList());
    }
  }

  @Test
  void endsWhereTheTokenIsNotTheGateways() {
    SubscribeRequest request = SubscribeRequest.newBuilder().setResumeToken("made up").build();
    try (CarDataClient client = connect();
        Subscription subscription = client.subscribe(request)) {
      Iterator<Update> updates = subscription.iterator();
      StatusRuntimeException thrown = assertThrows(StatusRuntimeException.class, updates::next);
      assertEquals(Reasons.RESUME_TOKEN_INVALID, CarDataError.of(thrown).reason());
    }
  }

  @Test
  void followsAsTheFirstExampleDoes() throws InterruptedException {
    try (Printed printed = new Printed()) {
      Thread reader = new Thread(() -> Follow.main(new String[] {gateway.target()}));
      reader.start();
      printed.awaitLine("\\w{17} vehicle\\.vehicle\\.travelledDistance \\d+");
      reader.interrupt();
      reader.join();
    }
  }

  @Test
  void resumesAsTheExampleDoes() throws IOException {
    Path file = folder.resolve("token");
    List<Long> all = new ArrayList<>();
    for (int run = 1; run <= 3; run++) {
      List<Long> ofThisRun = new ArrayList<>();
      try (CarDataClient client = connect()) {
        Resume.follow(
            client,
            file,
            update -> {
              if (update.sequence() > 0) {
                ofThisRun.add(update.sequence());
              }
              if (ofThisRun.size() >= 20 && !update.resumeToken().isEmpty()) {
                client.close();
              }
            });
      }
      if (run > 1) {
        assertTrue(ofThisRun.get(0) > all.get(all.size() - 1), "goes on after " + all);
      }
      all.addAll(ofThisRun);
    }
  }

  @Test
  void publishesAsTheExampleDoes() throws InterruptedException {
    try (Printed printed = new Printed()) {
      try (CarDataClient client = connect()) {
        React.follow(client);
        printed.awaitLine("Update\\[value=.*");
      }
      printed.awaitLine("closed");
    }
  }

  @Test
  void describesErrorsAsTheExampleDoes() throws InterruptedException {
    try (Printed printed = new Printed();
        CarDataClient client = connect()) {
      Errors.describe(client, "WBA00000000000000");
      printed.awaitLine("NOT_FOUND VEHICLE_NOT_FOUND .*");
    }
  }
}
