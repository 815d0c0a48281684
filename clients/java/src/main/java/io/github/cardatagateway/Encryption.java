// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.ChannelCredentials;
import io.grpc.InsecureChannelCredentials;
import io.grpc.TlsChannelCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.cert.Certificate;

/** Whether the connection is encrypted, and how. */
final class Encryption {
  byte[] ca;
  byte[] certificate;
  byte[] key;
  String serverName;
  boolean plaintext;

  ChannelCredentials credentials(String target) {
    boolean tls = ca != null || certificate != null || serverName != null;
    if (plaintext && tls) {
      throw new IllegalArgumentException(
          "plaintext does not go together with ca, certificate or serverName: leave it out for TLS");
    }
    if (plaintext || (!tls && Targets.isLocal(target))) {
      return InsecureChannelCredentials.create();
    }
    TlsChannelCredentials.Builder builder = TlsChannelCredentials.newBuilder();
    try {
      if (ca != null) {
        Pem.checkCertificates("ca", ca);
        builder.trustManager(new ByteArrayInputStream(ca));
      }
      if (certificate != null) {
        Certificate own = Pem.checkCertificates("certificate", certificate);
        Pem.checkKey(key, own.getPublicKey());
        builder.keyManager(new ByteArrayInputStream(certificate), new ByteArrayInputStream(key));
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return builder.build();
  }
}
