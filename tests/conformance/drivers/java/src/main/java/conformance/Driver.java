// SPDX-License-Identifier: Apache-2.0
package conformance;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.util.JsonFormat;
import io.github.cardatagateway.CarDataClient;
import io.github.cardatagateway.CarDataClientBuilder;
import io.github.cardatagateway.v1.SubscribeRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Does with the Java client what the conformance runner says; ../../README.md of this project has
 * the commands. With the argument "flow" it follows as a subscriber of the client's publisher, else
 * in loops.
 */
final class Driver {
  private final Map<String, Reading> readings = new HashMap<>();
  private final boolean flow;
  private CarDataClient client;

  private Driver(boolean flow) {
    this.flow = flow;
  }

  public static void main(String[] arguments)
      throws IOException, ReflectiveOperationException, InterruptedException {
    Driver driver = new Driver(List.of(arguments).contains("flow"));
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      driver.run(JsonParser.parseString(line).getAsJsonObject());
    }
    driver.end();
  }

  private void run(JsonObject command) throws IOException, ReflectiveOperationException {
    String name = text(command, "name");
    switch (text(command, "do")) {
      case "connect" -> connect(command);
      case "subscribe" -> subscribe(name, command.get("request"));
      case "stop_reading" -> readings.get(name).gate().shut();
      case "read_on" -> readings.get(name).gate().open();
      case "close" -> readings.get(name).close();
      case "call" -> Call.start(client, name, command);
      default -> throw new IllegalArgumentException("there is no such command: " + command);
    }
  }

  private void connect(JsonObject how) throws IOException {
    CarDataClientBuilder builder = CarDataClient.builder(text(how, "target"));
    if (how.has("ca")) {
      builder.ca(file(how, "ca"));
    }
    if (how.has("certificate")) {
      builder.certificate(file(how, "certificate"), file(how, "key"));
    }
    if (how.has("server_name")) {
      builder.serverName(text(how, "server_name"));
    }
    if (how.has("plaintext") && how.get("plaintext").getAsBoolean()) {
      builder.plaintext();
    }
    if (client != null) {
      client.close();
    }
    client = builder.connect();
  }

  private void subscribe(String name, JsonElement json) throws IOException {
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder();
    JsonFormat.parser().merge(json.toString(), request);
    readings.put(
        name,
        flow
            ? new FlowReading(name, client.publisher(request.build()))
            : new LoopReading(name, client.subscribe(request.build())));
  }

  /** Closes the client; all that reads must end, and with it this program. */
  private void end() throws InterruptedException {
    readings.values().forEach(reading -> reading.gate().open());
    if (client != null) {
      client.close();
    }
    for (Reading reading : readings.values()) {
      reading.awaitEnd();
    }
  }

  private static String text(JsonObject command, String member) {
    return command.has(member) ? command.get(member).getAsString() : "";
  }

  private static byte[] file(JsonObject command, String member) throws IOException {
    return Files.readAllBytes(Path.of(text(command, member)));
  }
}
