package io.heatsink.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** What connections are encrypted with; made anew when the files change. Thread-safe. */
public final class TlsContexts {

  private static final String HOSTNAME_CHECK = "HTTPS";

  private TlsContexts() {}

  /**
   * For those that connect to us.
   *
   * @param clients whether they have to show a certificate
   * @param protocols as {@code TLSv1.3}
   */
  public static SslContext server(PemFiles files, ClientAuth clients, List<String> protocols)
      throws IOException {
    PemFiles.Material material = files.read();
    SslContextBuilder builder =
        SslContextBuilder.forServer(Objects.requireNonNull(material.key()), material.chain());
    if (material.authorities() != null) {
      builder.trustManager(material.authorities());
    }
    return builder.sslProvider(SslProvider.JDK).clientAuth(clients).protocols(protocols).build();
  }

  /** For the backend; {@code checksHost} asks that its certificate names the host. */
  public static SslContext client(PemFiles files, boolean checksHost) throws IOException {
    return clientBuilder(files, checksHost).build();
  }

  /** The same, not yet built. */
  public static SslContextBuilder clientBuilder(PemFiles files, boolean checksHost)
      throws IOException {
    SslContextBuilder builder = SslContextBuilder.forClient();
    apply(files, builder);
    return builder
        .sslProvider(SslProvider.JDK)
        .endpointIdentificationAlgorithm(checksHost ? HOSTNAME_CHECK : null);
  }

  /** Has a client's context use these files. */
  public static void apply(PemFiles files, SslContextBuilder builder) throws IOException {
    PemFiles.Material material = files.read();
    if (material.key() != null) {
      builder.keyManager(material.key(), material.chain());
    }
    if (material.authorities() != null) {
      builder.trustManager(material.authorities());
    }
  }
}
