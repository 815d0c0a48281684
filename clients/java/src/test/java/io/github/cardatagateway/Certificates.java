// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority that openssl makes in a folder, and what it has signed. */
final class Certificates {
  final Path folder;

  Certificates(Path folder) throws IOException, InterruptedException {
    this.folder = folder;
    openssl("-subj /CN=authority -keyout ca.key -out ca.pem".split(" "));
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  byte[] pem(String name) throws IOException {
    return Files.readAllBytes(file(name));
  }

  /** Writes NAME.pem and NAME.key, for a name such as {@code IP:127.0.0.1}. */
  void issue(String name, String subjectAltName) throws IOException, InterruptedException {
    openssl(
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=" + subjectAltName,
        "-keyout",
        name + ".key",
        "-out",
        name + ".pem");
  }

  private void openssl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt"));
    command.addAll(List.of("ec_paramgen_curve:P-256", "-nodes", "-days", "2"));
    command.addAll(List.of(arguments));
    run(command);
  }

  void run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(command + ": " + output);
    }
  }
}
