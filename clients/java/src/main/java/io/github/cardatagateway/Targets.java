// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses as gRPC names them. */
final class Targets {
  private static final Pattern HOST =
      Pattern.compile(
          "(?:dns:(?://[^/]*/)?)?(\\[[^\\]]*\\]|[^:]*)(?::\\d*)?", Pattern.CASE_INSENSITIVE);
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(?:\\.\\d{1,3}){3}|\\[::1\\]", Pattern.CASE_INSENSITIVE);

  private Targets() {}

  /** Whether what is sent there stays on this machine. */
  static boolean isLocal(String target) {
    if (target.startsWith("unix:") || target.startsWith("unix-abstract:")) {
      return true;
    }
    Matcher host = HOST.matcher(target);
    return host.matches() && LOOPBACK.matcher(host.group(1)).matches();
  }
}
