// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.github.cardatagateway.v1.DeviceAuthorizationState;
import io.github.cardatagateway.v1.StartDeviceAuthorizationRequest;
import io.github.cardatagateway.v1.WatchDeviceAuthorizationRequest;
import io.github.cardatagateway.v1.WatchDeviceAuthorizationResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The real gateway, and the simulator that plays BMW, in a folder; both are those of CARDATA_BIN.
 * The account "home" is logged in, and its car sends a few numbered events a second.
 */
final class RealGateway implements AutoCloseable {
  static final String BIN = System.getenv("CARDATA_BIN");

  private final Path folder;
  private final Process simulator;
  private final String endpoints;
  private final List<String> flags;
  private Process gateway;
  private String target;

  /** Flags of the gateway's besides those that it needs to find the simulator. */
  RealGateway(Path folder, String... flags) throws IOException, InterruptedException {
    this.folder = folder;
    simulator =
        start(
            "cardata-sim",
            List.of(
                "--data-dir=" + folder.resolve("simulator"),
                "--auto-approve=1ms",
                "--poll-interval=1s"));
    await(simulator, "^BMW is at ");
    endpoints = Files.readString(folder.resolve("simulator/endpoints.json"));
    Path key = Files.createFile(folder.resolve("token.key"));
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(key, Base64.getEncoder().encodeToString(new byte[32]));
    this.flags =
        new ArrayList<>(
            List.of(
                "--admin-listen=",
                "--data-dir=" + folder.resolve("gateway"),
                "--token-key-file=" + key,
                "--client-id=" + endpoint("client_id"),
                "--oauth-url=" + endpoint("oauth_url"),
                "--rest-url=" + endpoint("rest_url"),
                "--stream-host=" + endpoint("stream_host"),
                "--stream-port=" + endpoint("stream_port"),
                "--ca-file=" + endpoint("ca_file")));
    this.flags.addAll(List.of(flags));
    startGateway("127.0.0.1:0");
  }

  String target() {
    return target;
  }

  void kill() throws InterruptedException {
    gateway.destroyForcibly().waitFor();
  }

  void restart() throws IOException {
    startGateway(target);
  }

  void logIn() {
    try (CarDataClient client = CarDataClient.connect(target)) {
      client
          .auth()
          .startDeviceAuthorization(
              StartDeviceAuthorizationRequest.newBuilder().setAccount("home").build());
      client
          .auth()
          .watchDeviceAuthorization(
              WatchDeviceAuthorizationRequest.newBuilder().setAccount("home").build())
          .forEachRemaining(RealGateway::check);
    }
  }

  private static void check(WatchDeviceAuthorizationResponse response) {
    DeviceAuthorizationState state = response.getState();
    if (state != DeviceAuthorizationState.DEVICE_AUTHORIZATION_STATE_PENDING
        && state != DeviceAuthorizationState.DEVICE_AUTHORIZATION_STATE_APPROVED) {
      throw new IllegalStateException(response.toString());
    }
  }

  /** Without end where the total is 0. */
  void sendEvents(int perSecond, int total) throws IOException, InterruptedException {
    String load =
        "{\"events_per_second\":" + perSecond + ",\"total\":" + total + ",\"account\":\"home\"}";
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(endpoint("control_url") + "/load"))
                    .POST(HttpRequest.BodyPublishers.ofString(load))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(response.body());
    }
  }

  @Override
  public void close() {
    stop(gateway);
    stop(simulator);
  }

  private void startGateway(String listen) throws IOException {
    List<String> all = new ArrayList<>(flags);
    all.add("--listen=" + listen);
    gateway = start("cardata-gateway", all);
    target = await(gateway, "\\bready\\b.*(127\\.0\\.0\\.1:\\d+)").group(1);
  }

  private Process start(String program, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(Path.of(BIN, program).toString()));
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(process)));
    return process;
  }

  private static void stop(Process process) {
    process.destroy();
    process.onExit().join();
  }

  /** Waits for a line that matches; then all that the process says goes to its end unread. */
  private static Matcher await(Process process, String line) throws IOException {
    Pattern pattern = Pattern.compile(line);
    StringBuilder said = new StringBuilder();
    BufferedReader output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String next = output.readLine(); next != null; next = output.readLine()) {
      Matcher matcher = pattern.matcher(next);
      if (matcher.find()) {
        drain(output);
        return matcher;
      }
      said.append(next).append('\n');
    }
    throw new IOException("ended by itself: " + said);
  }

  private static void drain(BufferedReader output) {
    Thread thread =
        new Thread(
            () -> {
              try {
                output.transferTo(Writer.nullWriter());
              } catch (IOException ended) {
                // So has the process.
              }
            });
    thread.setDaemon(true);
    thread.start();
  }

  private String endpoint(String key) {
    Matcher matcher = Pattern.compile("\"" + key + "\"\\s*:\\s*\"?([^\",}]*)").matcher(endpoints);
    if (!matcher.find()) {
      throw new IllegalStateException("no " + key + " in " + endpoints);
    }
    return matcher.group(1);
  }

  /** In the given folder: says its address when there is a car to follow, until its input ends. */
  public static void main(String[] arguments) throws Exception {
    try (RealGateway gateway = new RealGateway(Path.of(arguments[0]))) {
      gateway.logIn();
      gateway.sendEvents(10, 0);
      System.out.println(gateway.target());
      System.in.transferTo(OutputStream.nullOutputStream());
    }
  }
}
