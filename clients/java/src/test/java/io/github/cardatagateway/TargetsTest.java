// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:9610",
        "LocalHost:9610",
        "localhost",
        "127.0.0.1:9610",
        "127.1.2.3:9610",
        "[::1]:9610",
        "[::1]",
        "dns:///localhost:9610",
        "dns:localhost:9610",
        "dns://8.8.8.8/127.0.0.1:9610",
        "dns:///[::1]:9610",
        "unix:/run/cardata.sock",
        "unix:///run/cardata.sock",
        "unix-abstract:cardata",
      })
  void isLocal(String target) {
    assertTrue(Targets.isLocal(target));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cardata:9610",
        "dns:///cardata:9610",
        "localhost.example.com:9610",
        "127.0.0.1.example.com:9610",
        "128.0.0.1:9610",
        "[::2]:9610",
        "example.com:9610/localhost",
        "dns://localhost/cardata:9610",
        "xds:///localhost",
        "unixhost:9610",
      })
  void isNotLocal(String target) {
    assertFalse(Targets.isLocal(target));
  }
}
