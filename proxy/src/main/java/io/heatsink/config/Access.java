package io.heatsink.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * By which doors, and who. Immutable; shows no secret.
 *
 * @param tls where clients connect by TLS; null where they cannot
 * @param unix where they connect by a Unix socket; null where they cannot
 * @param usersFile who may connect; null where the backend judges that
 * @param isGuarded whether clients from elsewhere are refused while the backend lets in who gives
 *     no password
 * @param backend how connections to the backend are encrypted, if they are
 * @param backendPasswordFile where the backend's password was read; null where it was given else
 * @param sentinelPasswordFile where the sentinels' password was read; null where it was given else
 * @param admin whom the admin server answers
 */
public record Access(
    @Nullable Tls tls,
    @Nullable Unix unix,
    @Nullable Path usersFile,
    boolean isGuarded,
    BackendTls backend,
    @Nullable Path backendPasswordFile,
    @Nullable Path sentinelPasswordFile,
    Admin admin) {

  /** What there is where nothing is set. */
  public static final Access DEFAULT =
      new Access(
          null,
          null,
          null,
          false,
          new BackendTls(null, null, null, true),
          null,
          null,
          new Admin(null, null));

  /** Whether clients have to show certificates. */
  public enum ClientCertificates {
    OFF,
    OPTIONAL,
    REQUIRED
  }

  /**
   * Where clients connect by TLS.
   *
   * @param certificate and those between it and its authority, PEM
   * @param key of the certificate, PEM
   * @param authorities who vouch for clients, PEM; null where clients show no certificates
   * @param protocols as {@code TLSv1.3}
   */
  public record Tls(
      InetSocketAddress address,
      Path certificate,
      Path key,
      @Nullable Path authorities,
      ClientCertificates clients,
      List<String> protocols) {

    public Tls {
      protocols = List.copyOf(protocols);
    }
  }

  /** Where clients connect by a Unix socket, and who may. */
  public record Unix(Path path, Set<PosixFilePermission> permissions) {

    public Unix {
      permissions = Set.copyOf(permissions);
    }
  }

  /**
   * How the backend is known, and how we are to it.
   *
   * @param authorities who vouch for the backend, PEM; null for those that the JVM knows
   * @param certificate shown to the backend, PEM; null for none
   * @param key of the certificate
   * @param checksHost whether the backend's certificate has to name its host
   */
  public record BackendTls(
      @Nullable Path authorities,
      @Nullable Path certificate,
      @Nullable Path key,
      boolean checksHost) {}

  /**
   * What is asked of who asks the admin server: nothing, a text, or a file's first line.
   *
   * @param hosts names that browsers may ask by, in lower case, besides addresses and localhost
   */
  public record Admin(@Nullable String token, @Nullable Path tokenFile, Set<String> hosts) {

    public Admin {
      hosts = Set.copyOf(hosts);
    }

    /** By addresses and as localhost only. */
    public Admin(@Nullable String token, @Nullable Path tokenFile) {
      this(token, tokenFile, Set.of());
    }

    @Override
    public String toString() {
      return token == null && tokenFile == null ? "open" : "token";
    }
  }
}
