package io.heatsink.config;

import io.heatsink.config.Access.ClientCertificates;
import io.heatsink.config.ConfigException.Fault;
import io.heatsink.config.LoadedConfig.Source;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes the records of who may connect, and refuses what would let in whom nobody meant to.
 * Confined to one thread.
 */
final class AccessAssembly {

  private static final String AUTHENTICATE =
      "listen on a loopback address or a Unix socket, or have clients authenticate:"
          + " clients.auth: file with clients.users-file";

  private final ConfigAssembly all;
  private final List<Fault> faults;
  private final boolean isProtected;

  AccessAssembly(ConfigAssembly all, List<Fault> faults) {
    this.all = all;
    this.faults = faults;
    isProtected = all.get(Settings.CLIENTS_PROTECTED);
  }

  /** Not to be used if faults were added; {@code backend} and {@code admin} are those in force. */
  Access assemble(
      @Nullable InetSocketAddress listen,
      @Nullable InetSocketAddress admin,
      HeatsinkConfig.Backend backend) {
    Access.Tls tls = tls();
    Access.Unix unix = unix();
    if (listen == null && tls == null && unix == null && faults.isEmpty()) {
      fault(Settings.LISTEN, "no client can connect", "set it, tls.listen or listen-unix");
    }
    Path users = users();
    boolean byCertificate = tls != null && tls.clients() == ClientCertificates.REQUIRED;
    List<Setting<?>> exposed = new ArrayList<>();
    if (isElsewhere(listen)) {
      exposed.add(Settings.LISTEN);
    }
    if (tls != null && isElsewhere(tls.address()) && !byCertificate) {
      exposed.add(Settings.TLS_LISTEN);
    }
    boolean isGuarded = isProtected && !exposed.isEmpty();
    if (isGuarded && users == null) {
      exposed.forEach(door -> checkExposed(door, backend));
    }
    return new Access(
        tls,
        unix,
        users,
        isGuarded,
        backendTls(backend),
        passwordFile(backend),
        sentinelPasswordFile(backend),
        admin(admin));
  }

  private static boolean isElsewhere(@Nullable InetSocketAddress address) {
    return address != null && !address.getAddress().isLoopbackAddress();
  }

  /** Other machines reach this door, and the backend alone judges who they are. */
  private void checkExposed(Setting<?> door, HeatsinkConfig.Backend backend) {
    if (backend.password() != null) {
      fault(
          door,
          "other machines reach it, and who sends no AUTH would act with the backend's password",
          AUTHENTICATE + ", or say clients.protected-mode: off");
    } else if (all.origin(Settings.CLIENTS_AUTH).source() == Source.DEFAULT) {
      fault(
          door,
          "other machines reach it, and nothing says that clients have to authenticate",
          AUTHENTICATE
              + ", or clients.auth: backend if Redis asks for passwords,"
              + " or say clients.protected-mode: off");
    }
  }

  private Access.@Nullable Tls tls() {
    if (all.get(Settings.TLS_LISTEN).isOff()) {
      return null;
    }
    ClientCertificates clients = all.get(Settings.TLS_CLIENTS);
    Path authorities = file(Settings.TLS_CA_FILE);
    if (clients != ClientCertificates.OFF && authorities == null) {
      fault(Settings.TLS_CLIENTS, "nobody vouches for clients", "set tls.ca-file");
    } else if (clients == ClientCertificates.OFF && authorities != null) {
      fault(
          Settings.TLS_CA_FILE,
          "clients show no certificates",
          "set tls.client-certificates: required, or remove it");
    }
    return new Access.Tls(
        all.resolve(Settings.TLS_LISTEN),
        needed(Settings.TLS_CERT_FILE),
        needed(Settings.TLS_KEY_FILE),
        authorities,
        clients,
        all.get(Settings.TLS_PROTOCOLS));
  }

  private Path needed(Setting<Path> setting) {
    Path path = file(setting);
    if (path == null) {
      fault(Settings.TLS_LISTEN, setting.key() + " is missing", "set it, or tls.listen: off");
      return Path.of("");
    }
    return path;
  }

  private Access.@Nullable Unix unix() {
    return isGiven(Settings.LISTEN_UNIX)
        ? new Access.Unix(
            all.get(Settings.LISTEN_UNIX).toAbsolutePath(), all.get(Settings.LISTEN_UNIX_MODE))
        : null;
  }

  private @Nullable Path users() {
    Path users = file(Settings.CLIENTS_USERS_FILE);
    boolean byFile = all.get(Settings.CLIENTS_AUTH) == ValueType.Judge.FILE;
    if (byFile && users == null) {
      fault(Settings.CLIENTS_AUTH, "there is no file", "set clients.users-file");
    } else if (!byFile && users != null) {
      fault(
          Settings.CLIENTS_USERS_FILE,
          "the backend judges who connects",
          "set clients.auth: file, or remove it");
    }
    return byFile ? users : null;
  }

  private Access.BackendTls backendTls(HeatsinkConfig.Backend backend) {
    for (Setting<?> setting : Settings.all()) {
      if (setting.key().startsWith("backend.tls.") && isGiven(setting) && !backend.tls()) {
        fault(setting, "the backend is not reached by TLS", "write rediss:// in backend.url");
      }
    }
    Path certificate = file(Settings.BACKEND_TLS_CERT);
    Path key = file(Settings.BACKEND_TLS_KEY);
    if ((certificate == null) != (key == null)) {
      Setting<Path> alone = key == null ? Settings.BACKEND_TLS_CERT : Settings.BACKEND_TLS_KEY;
      fault(alone, "a certificate needs its key", "set backend.tls.cert-file and -key-file");
    }
    return new Access.BackendTls(
        file(Settings.BACKEND_TLS_CA), certificate, key, all.get(Settings.BACKEND_TLS_VERIFY));
  }

  /** The file that the backend's password was read from, if it was. */
  private @Nullable Path passwordFile(HeatsinkConfig.Backend backend) {
    LoadedConfig.Given file = all.origin(Settings.BACKEND_PASSWORD_FILE);
    LoadedConfig.Given url = all.origin(Settings.BACKEND_URL);
    boolean inUrl = all.get(Settings.BACKEND_URL).password() != null && url.isBefore(file);
    boolean isFile =
        isBefore(Settings.BACKEND_PASSWORD_FILE, Settings.BACKEND_PASSWORD)
            && !inUrl
            && backend.password() != null;
    return isFile ? all.get(Settings.BACKEND_PASSWORD_FILE) : null;
  }

  private boolean isBefore(Setting<Path> file, Setting<?> direct) {
    return all.origin(file).isBefore(all.origin(direct));
  }

  /** The file that the sentinels' password was read from, if it was. */
  private @Nullable Path sentinelPasswordFile(HeatsinkConfig.Backend backend) {
    boolean isFile =
        isBefore(Settings.BACKEND_SENTINEL_PASSWORD_FILE, Settings.BACKEND_SENTINEL_PASSWORD)
            && backend.sentinelPassword() != null;
    return isFile ? all.get(Settings.BACKEND_SENTINEL_PASSWORD_FILE) : null;
  }

  private Access.Admin admin(@Nullable InetSocketAddress address) {
    String token = all.password(Settings.ADMIN_TOKEN, Settings.ADMIN_TOKEN_FILE);
    boolean isFile = isBefore(Settings.ADMIN_TOKEN_FILE, Settings.ADMIN_TOKEN);
    if (isElsewhere(address)
        && !isGiven(Settings.ADMIN_TOKEN)
        && !isGiven(Settings.ADMIN_TOKEN_FILE)
        && !all.get(Settings.ADMIN_OPEN)) {
      fault(
          Settings.ADMIN,
          "other machines reach it, and nothing is asked of them",
          "listen on a loopback address, set HEATSINK_ADMIN_TOKEN or admin.token-file,"
              + " or say admin.open: on");
    }
    Set<String> hosts = new HashSet<>(all.get(Settings.ADMIN_HOSTS));
    String own = all.get(Settings.ADMIN).host().toLowerCase(Locale.ROOT);
    if (own.matches("[a-z].*[a-z].*") && !own.contains(":")) {
      hosts.add(own);
    }
    return isFile
        ? new Access.Admin(null, all.get(Settings.ADMIN_TOKEN_FILE), hosts)
        : new Access.Admin(token, null, hosts);
  }

  private boolean isGiven(Setting<?> setting) {
    return all.origin(setting).source() != Source.DEFAULT;
  }

  /** A file that has to be there; null where none is named. */
  private @Nullable Path file(Setting<Path> setting) {
    if (!isGiven(setting)) {
      return null;
    }
    Path path = all.get(setting);
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      fault(setting, "cannot be read", "name a file that the user who runs Heatsink may read");
    }
    return path;
  }

  private void fault(Setting<?> setting, String problem, String remedy) {
    faults.add(Fault.of(setting, all.shown(setting), problem, remedy));
  }
}
