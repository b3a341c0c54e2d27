package io.heatsink.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** An authority of a test's own, and what it certifies, made by {@code openssl}. */
public final class Certificates {

  private static final char[] NO_PASSWORD = {};

  /** A certificate and its key, both PEM. */
  public record Pair(Path certificate, Path key) {

    /** Puts these in the place of others, key and certificate one after the other. */
    public void replace(Pair other) {
      try {
        Files.copy(key, other.key, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(certificate, other.certificate, StandardCopyOption.REPLACE_EXISTING);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Path folder;
  private final Pair authority;
  private int issued;

  private Certificates(Path folder) {
    this.folder = folder;
    authority = new Pair(folder.resolve("ca.crt"), folder.resolve("ca.key"));
    List<String> make = new ArrayList<>(List.of("req", "-x509", "-days", "2", "-subj", "/CN=test"));
    make.addAll(newKey(authority.key));
    make.addAll(List.of("-out", authority.certificate.toString()));
    openssl(make);
  }

  /** An authority whose files are in this folder; null where there is no {@code openssl}. */
  public static @Nullable Certificates in(Path folder) {
    return RedisBinary.onPath("openssl") == null ? null : new Certificates(folder);
  }

  /** Who vouches for all others. */
  public Path authority() {
    return authority.certificate;
  }

  /** A certificate for a day, for names such as {@code DNS:localhost,IP:127.0.0.1}. */
  public Pair issue(String names) {
    return issue(names, 1);
  }

  /** A certificate for so many days, which may be over. */
  public Pair issue(String names, int days) {
    String name = "pair" + ++issued;
    Pair pair = new Pair(folder.resolve(name + ".crt"), folder.resolve(name + ".key"));
    Path request = folder.resolve(name + ".csr");
    Path extensions = folder.resolve(name + ".ext");
    try {
      Files.writeString(extensions, "subjectAltName=" + names + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> ask = new ArrayList<>(List.of("req", "-subj", "/CN=" + name));
    ask.addAll(newKey(pair.key));
    ask.addAll(List.of("-out", request.toString()));
    openssl(ask);
    openssl(
        List.of(
            "x509",
            "-req",
            "-in",
            request.toString(),
            "-days",
            Integer.toString(days),
            "-CA",
            authority.certificate.toString(),
            "-CAkey",
            authority.key.toString(),
            "-CAcreateserial",
            "-extfile",
            extensions.toString(),
            "-out",
            pair.certificate.toString()));
    return pair;
  }

  private static List<String> newKey(Path key) {
    return List.of(
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        key.toString());
  }

  /** Runs openssl to its end. */
  public static void openssl(List<String> arguments) {
    List<String> command = new ArrayList<>(List.of("openssl"));
    command.addAll(arguments);
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(command + ": " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What a client needs that believes this authority, and shows a certificate if it has one. */
  public SSLContext client(@Nullable Pair own) {
    try {
      KeyManagerFactory keys = null;
      if (own != null) {
        Path store = folder.resolve("client.p12");
        openssl(
            List.of(
                "pkcs12",
                "-export",
                "-in",
                own.certificate.toString(),
                "-inkey",
                own.key.toString(),
                "-passout",
                "pass:",
                "-out",
                store.toString()));
        KeyStore shown = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
          shown.load(in, NO_PASSWORD);
        }
        keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(shown, NO_PASSWORD);
      }
      TrustManagerFactory believed =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      believed.init(trusted());
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys == null ? null : keys.getKeyManagers(), believed.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private KeyStore trusted() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, NO_PASSWORD);
    try (InputStream in = Files.newInputStream(authority.certificate)) {
      Certificate certificate = CertificateFactory.getInstance("X.509").generateCertificate(in);
      store.setCertificateEntry("ca", certificate);
    }
    return store;
  }
}
