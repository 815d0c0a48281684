// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ManagedChannelProvider;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Says how to connect to a gateway; {@link CarDataClient#builder} makes one. */
public final class CarDataClientBuilder {
  private final String target;
  private final Encryption encryption = new Encryption();

  CarDataClientBuilder(String target) {
    this.target = Objects.requireNonNull(target, "target");
  }

  /**
   * Trusts these authorities instead of the JVM's, and switches TLS on.
   *
   * @param pem their certificates as PEM
   * @return this
   */
  public CarDataClientBuilder ca(byte[] pem) {
    encryption.ca = pem.clone();
    return this;
  }

  /**
   * Shows the gateway a certificate (mTLS), and switches TLS on.
   *
   * @param certificate PEM of the certificate, followed by those between it and its authority
   * @param key PEM of its private key: PKCS #8, without a passphrase
   * @return this
   */
  public CarDataClientBuilder certificate(byte[] certificate, byte[] key) {
    encryption.certificate = certificate.clone();
    encryption.key = key.clone();
    return this;
  }

  /**
   * Looks for this name in the gateway's certificate instead of the target's, and switches TLS on.
   *
   * @param name the name
   * @return this
   */
  public CarDataClientBuilder serverName(String name) {
    encryption.serverName = Objects.requireNonNull(name, "name");
    return this;
  }

  /**
   * Uses no TLS, whatever the target: for a mesh or a tunnel that encrypts by itself.
   *
   * @return this
   */
  public CarDataClientBuilder plaintext() {
    encryption.plaintext = true;
    return this;
  }

  /**
   * Connects. It does not wait until the gateway is there.
   *
   * @return the client
   * @throws IllegalArgumentException if the target is not an address, what is PEM is not, or {@link
   *     #plaintext} was said together with what is for TLS
   */
  public CarDataClient connect() {
    ChannelCredentials credentials = encryption.credentials(target);
    ManagedChannelBuilder<?> builder;
    try {
      builder = Grpc.newChannelBuilder(target, credentials);
    } catch (ManagedChannelProvider.ProviderNotFoundException unusable) {
      throw new IllegalArgumentException(
          "gRPC cannot connect to \"" + target + "\" so: " + unusable.getMessage(), unusable);
    }
    if (encryption.serverName != null) {
      builder.overrideAuthority(encryption.serverName);
    }
    // The gateway takes a ping each 10 s.
    builder.keepAliveTime(30, TimeUnit.SECONDS).keepAliveTimeout(10, TimeUnit.SECONDS);
    return CarDataClient.on(builder.build());
  }
}
