// SPDX-License-Identifier: Apache-2.0
package io.github.cardatagateway;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at what is to be PEM before gRPC does, for gRPC's errors do not say which part is wrong.
 */
final class Pem {
  private static final Pattern PKCS8 =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]*)-----END PRIVATE KEY-----");

  private static final Map<String, String> SIGNING =
      Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

  private Pem() {}

  /** The first of the certificates. */
  static Certificate checkCertificates(String what, byte[] pem) {
    CertificateException cause = null;
    try {
      for (Certificate first :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        return first;
      }
    } catch (CertificateException unreadable) {
      cause = unreadable;
    }
    throw new IllegalArgumentException(
        what + ": no certificates as PEM (-----BEGIN CERTIFICATE-----)", cause);
  }

  static void checkKey(byte[] pem, PublicKey certified) {
    Matcher key = PKCS8.matcher(new String(pem, StandardCharsets.US_ASCII));
    if (!key.find()) {
      throw new IllegalArgumentException(
          "key: no private key as PEM of PKCS #8 without a passphrase"
              + " (-----BEGIN PRIVATE KEY-----); openssl pkey -in OLD -out NEW makes one");
    }
    boolean fits;
    try {
      fits = fits(Base64.getMimeDecoder().decode(key.group(1)), certified);
    } catch (GeneralSecurityException | IllegalArgumentException unreadable) {
      throw new IllegalArgumentException(
          "key: cannot be read as one for the certificate, which has " + certified.getAlgorithm(),
          unreadable);
    }
    if (!fits) {
      throw new IllegalArgumentException("key: not that of the certificate");
    }
  }

  private static boolean fits(byte[] pkcs8, PublicKey certified) throws GeneralSecurityException {
    String algorithm = certified.getAlgorithm();
    PrivateKey key =
        KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    String signing = SIGNING.get(algorithm);
    if (signing == null) {
      return true; // gRPC will see
    }
    Signature signature = Signature.getInstance(signing);
    signature.initSign(key);
    signature.update(pkcs8);
    byte[] signed = signature.sign();
    signature.initVerify(certified);
    signature.update(pkcs8);
    return signature.verify(signed);
  }
}
