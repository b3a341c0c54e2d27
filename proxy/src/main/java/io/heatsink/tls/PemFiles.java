package io.heatsink.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where one side's TLS comes from, all in PEM. Immutable.
 *
 * @param certificate shown to the other side, with those between it and the authority behind it;
 *     null shows none
 * @param key of the certificate; null where there is none
 * @param authorities who may vouch for the other side; null for those that the JVM knows
 */
public record PemFiles(@Nullable Path certificate, @Nullable Path key, @Nullable Path authorities) {

  private static final Logger LOG = LoggerFactory.getLogger(PemFiles.class);
  private static final int MAX_BYTES = 4 << 20;

  /** A certificate with its key, and whom to believe. */
  record Material(
      @Nullable PrivateKey key,
      X509Certificate[] chain,
      X509Certificate @Nullable [] authorities) {}

  /** The files that there are. */
  public java.util.List<Path> paths() {
    return Stream.of(certificate, key, authorities).filter(Objects::nonNull).toList();
  }

  /** Reads them; the message of an exception names the file at fault. */
  Material read() throws IOException {
    X509Certificate[] chain = {};
    PrivateKey ofChain = null;
    if (certificate != null && key != null) {
      chain = certificates(certificate);
      ofChain = key(key);
      checkPair(chain[0], ofChain);
      warnOfExpiry(chain[0]);
    }
    return new Material(ofChain, chain, authorities == null ? null : certificates(authorities));
  }

  private static X509Certificate[] certificates(Path file) throws IOException {
    try {
      X509Certificate[] all =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes(file)))
              .toArray(X509Certificate[]::new);
      if (all.length > 0) {
        return all;
      }
    } catch (CertificateException e) {
      throw new IOException(file + ": a certificate is damaged", e);
    }
    throw new IOException(file + ": no certificate in PEM");
  }

  private static PrivateKey key(Path file) throws IOException {
    String pem = new String(bytes(file), java.nio.charset.StandardCharsets.ISO_8859_1);
    try {
      return PemKey.parse(pem);
    } catch (IOException e) {
      throw new IOException(file + ": " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    try {
      if (Files.size(file) <= MAX_BYTES) {
        return Files.readAllBytes(file);
      }
    } catch (IOException e) {
      throw new IOException(file + ": cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    throw new IOException(file + ": larger than 4 MiB");
  }

  /** A new certificate beside the old key would fail every handshake. */
  private void checkPair(X509Certificate certificate, PrivateKey key) throws IOException {
    try {
      String algorithm =
          switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
          };
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException e) {
      throw new IOException(this.key + ": not the key of " + this.certificate, e);
    }
    throw new IOException(key() + ": not the key of " + this.certificate);
  }

  private void warnOfExpiry(X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateExpiredException e) {
      LOG.warn("{}: the certificate expired on {}", this.certificate, certificate.getNotAfter());
    } catch (CertificateException e) {
      LOG.warn("{}: not valid before {}", this.certificate, certificate.getNotBefore());
    }
  }
}
