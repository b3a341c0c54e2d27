package io.heatsink;

import io.heatsink.access.UserList;
import io.heatsink.config.Access;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.control.ControlAccess;
import io.heatsink.files.FileWatch;
import io.heatsink.files.SecretFile;
import io.heatsink.files.Watched;
import io.heatsink.tls.PemFiles;
import io.heatsink.tls.TlsContexts;
import io.heatsink.upstream.Credentials;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the files say that are about who may connect, also after they change. Thread-safe. */
final class AccessFiles implements AutoCloseable {

  private final FileWatch watch = new FileWatch();
  private final @Nullable Watched<SslContext> clientSide;
  private final @Nullable Watched<SslContext> backendSide;
  private final @Nullable Watched<UserList> users;
  private final ControlAccess control;
  private final ControlAccess sentinels;
  private final Supplier<@Nullable String> adminToken;

  /**
   * Reads them all.
   *
   * @throws UnusableFileException if one cannot be used
   */
  AccessFiles(HeatsinkConfig config) {
    Access access = config.access();
    try {
      clientSide = access.tls() == null ? null : clientSide(access.tls());
      backendSide = config.backend().tls() ? backendSide(access.backend()) : null;
      users = access.usersFile() == null ? null : users(access.usersFile(), access.isGuarded());
      control =
          new ControlAccess(
              credentials(
                  config.backend().username(),
                  config.backend().password(),
                  access.backendPasswordFile()),
              config.backend().tls() ? trust(pemFiles(access.backend())) : null,
              access.backend().checksHost());
      sentinels =
          control.as(
              credentials(
                  null, config.backend().sentinelPassword(), access.sentinelPasswordFile()));
      adminToken = adminToken(access.admin());
    } catch (IOException e) {
      watch.close();
      throw new UnusableFileException(String.valueOf(e.getMessage()), e);
    }
  }

  private Watched<SslContext> clientSide(Access.Tls tls) throws IOException {
    PemFiles files = new PemFiles(tls.certificate(), tls.key(), tls.authorities());
    ClientAuth clients =
        switch (tls.clients()) {
          case OFF -> ClientAuth.NONE;
          case OPTIONAL -> ClientAuth.OPTIONAL;
          case REQUIRED -> ClientAuth.REQUIRE;
        };
    return watch.watch(files.paths(), () -> TlsContexts.server(files, clients, tls.protocols()));
  }

  private Watched<SslContext> backendSide(Access.BackendTls tls) throws IOException {
    PemFiles files = pemFiles(tls);
    return watch.watch(files.paths(), () -> TlsContexts.client(files, tls.checksHost()));
  }

  /** Each of Lettuce's connections reads the files. */
  private static Consumer<SslContextBuilder> trust(PemFiles files) {
    return builder -> {
      try {
        TlsContexts.apply(files, builder);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }

  private static PemFiles pemFiles(Access.BackendTls tls) {
    return new PemFiles(tls.certificate(), tls.key(), tls.authorities());
  }

  private Watched<UserList> users(Path file, boolean isGuarded) throws IOException {
    return watch.watch(
        List.of(file),
        () -> {
          UserList read = UserList.read(file);
          if (isGuarded && read.isOpen()) {
            throw new IOException(
                file
                    + ": the user default has no password, and other machines reach Heatsink;"
                    + " give it one, turn it off, or say clients.protected-mode: off");
          }
          return read;
        });
  }

  private Credentials credentials(
      @Nullable String username, @Nullable String given, @Nullable Path file) throws IOException {
    if (file == null) {
      return new Credentials(username, given);
    }
    Watched<String> password = secret(file);
    return new Credentials(
        username,
        null,
        new Credentials.Changing() {
          @Override
          public String current() {
            return password.get();
          }

          @Override
          public void refused() {
            watch.suspect(password);
          }
        });
  }

  private Supplier<@Nullable String> adminToken(Access.Admin admin) throws IOException {
    Path file = admin.tokenFile();
    return file == null ? admin::token : secret(file);
  }

  private Watched<String> secret(Path file) throws IOException {
    return watch.watch(
        List.of(file),
        () -> {
          try {
            return SecretFile.read(file);
          } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
          }
        });
  }

  /** What the next client that connects by TLS is met with; null if none can. */
  @Nullable Supplier<SslContext> clientSide() {
    return clientSide;
  }

  /** What the next connection to the backend is encrypted with; null for nothing. */
  @Nullable Supplier<SslContext> backendSide() {
    return backendSide;
  }

  /** Who may connect; null where the backend judges that. */
  @Nullable Watched<UserList> users() {
    return users;
  }

  /** As whom Heatsink itself is known to the backend. */
  Credentials backend() {
    return control.credentials();
  }

  /** How what is no client's traffic gets to the backend. */
  ControlAccess control() {
    return control;
  }

  /** How it gets to sentinels. */
  ControlAccess sentinels() {
    return sentinels;
  }

  /** What is asked of who asks the admin server; of null for nothing. */
  Supplier<@Nullable String> adminToken() {
    return adminToken;
  }

  @Override
  public void close() {
    watch.close();
  }
}
