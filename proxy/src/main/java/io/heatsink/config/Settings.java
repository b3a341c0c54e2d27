package io.heatsink.config;

import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.config.HeatsinkConfig.LogFormat;
import io.heatsink.config.HeatsinkConfig.LogLevel;
import io.heatsink.config.HeatsinkConfig.Mode;
import io.heatsink.config.HeatsinkConfig.PolicyRule;
import io.heatsink.config.HeatsinkConfig.SplitCounter;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The table of everything that can be set. File keys, variables, options, {@code --help} and {@code
 * config/reference.yaml} all come from it.
 */
public final class Settings {

  private static final List<Setting<?>> TABLE = new ArrayList<>();

  static final Setting<Mode> MODE =
      add(
          Setting.of("mode", ValueType.MODE_OF_WORK)
              .live()
              .byDefault("active")
              .example("observe")
              .doc("observe forwards everything, and tells what active would have saved."));
  static final Setting<HostPort> LISTEN =
      add(
          Setting.of("listen", ValueType.ADDRESS_OR_OFF)
              .byDefault("127.0.0.1:6380")
              .example("127.0.0.1:7000")
              .doc("Where clients connect; * is every interface, port 0 lets the system choose."));
  static final Setting<Path> LISTEN_UNIX =
      add(
          Setting.of("listen-unix", ValueType.PATH)
              .example("/run/heatsink/redis.sock")
              .doc("The path of a Unix socket where clients connect, too."));
  static final Setting<Set<PosixFilePermission>> LISTEN_UNIX_MODE =
      add(
          Setting.of("listen-unix-mode", ValueType.MODE)
              .byDefault("0700")
              .example("0770")
              .doc("Who may connect there: who may write to the socket."));
  static final Setting<HostPort> TLS_LISTEN =
      add(
          Setting.of("tls.listen", ValueType.ADDRESS_OR_OFF)
              .byDefault("off")
              .example("127.0.0.1:6390")
              .doc("Where clients connect by TLS, beside listen, or instead: listen: off."));
  static final Setting<Path> TLS_CERT_FILE =
      add(
          Setting.of("tls.cert-file", ValueType.PATH)
              .example("/etc/heatsink/tls.crt")
              .doc("The certificate shown to clients, with those above it; PEM, read on change."));
  static final Setting<Path> TLS_KEY_FILE =
      add(
          Setting.of("tls.key-file", ValueType.PATH)
              .example("/etc/heatsink/tls.key")
              .doc("Its private key; PEM, not encrypted, read on change."));
  static final Setting<Path> TLS_CA_FILE =
      add(
          Setting.of("tls.ca-file", ValueType.PATH)
              .example("/etc/heatsink/clients-ca.crt")
              .doc("Authorities that vouch for clients' certificates; PEM, read on change."));
  static final Setting<Access.ClientCertificates> TLS_CLIENTS =
      add(
          Setting.of("tls.client-certificates", ValueType.CERTIFICATES)
              .byDefault("off")
              .example("required")
              .doc("Whether clients that connect by TLS have to show a certificate."));
  static final Setting<List<String>> TLS_PROTOCOLS =
      add(
          Setting.of("tls.protocols", ValueType.PROTOCOLS)
              .byDefault("TLSv1.2, TLSv1.3")
              .example("TLSv1.3")
              .doc("What is spoken with clients that connect by TLS."));
  static final Setting<HostPort> ADMIN =
      add(
          Setting.of("admin.listen", ValueType.ADDRESS_OR_OFF)
              .shortly("admin")
              .byDefault("127.0.0.1:9180")
              .example("\"off\"")
              .doc("Where /metrics, /hotkeys, /health and /ready answer; off closes that door."));
  static final Setting<String> ADMIN_TOKEN =
      add(
          Setting.of("admin.token", ValueType.SECRET)
              .example("change-me-as-well")
              .doc("What who asks there must show; best as HEATSINK_ADMIN_TOKEN. Never printed."));
  static final Setting<Path> ADMIN_TOKEN_FILE =
      add(
          Setting.of("admin.token-file", ValueType.PATH)
              .example("/run/secrets/admin-token")
              .doc("A file whose first line is that token, read on change."));
  static final Setting<Boolean> ADMIN_OPEN =
      add(
          Setting.of("admin.open", ValueType.SWITCH)
              .byDefault("off")
              .example("on")
              .doc("Whether all who can reach the pages may read them, other machines too."));
  static final Setting<Set<String>> ADMIN_HOSTS =
      add(
          Setting.of("admin.hosts", ValueType.HOSTS_OR_OFF)
              .byDefault("off")
              .example("heatsink.internal")
              .doc(
                  "Names that browsers may ask for the pages by, besides addresses; with commas."));
  static final Setting<Long> LANES =
      add(
          Setting.of("lanes", ValueType.COUNT)
              .within("1", "64")
              .byDefault("1")
              .example("2")
              .doc("Event loops that serve clients; one suffices below two whole cores."));

  static final Setting<BackendUrl> BACKEND_URL =
      add(
          Setting.of("backend.url", ValueType.URL)
              .shortly("backend")
              .byDefault("redis://127.0.0.1:6379")
              .example("redis://redis.internal:6379/0")
              .doc("The Redis behind, as docs/topology.md has it; best without its password."));
  static final Setting<String> BACKEND_PASSWORD =
      add(
          Setting.of("backend.password", ValueType.SECRET)
              .example("change-me")
              .doc("The backend's password; best as HEATSINK_BACKEND_PASSWORD. Never printed."));
  static final Setting<Path> BACKEND_PASSWORD_FILE =
      add(
          Setting.of("backend.password-file", ValueType.PATH)
              .example("/run/secrets/redis-password")
              .doc("A file whose first line is the backend's password."));
  static final Setting<String> BACKEND_SENTINEL_PASSWORD =
      add(
          Setting.of("backend.sentinel-password", ValueType.SECRET)
              .example("change-me-too")
              .doc("The password of the sentinels themselves, with redis-sentinel://."));
  static final Setting<Path> BACKEND_SENTINEL_PASSWORD_FILE =
      add(
          Setting.of("backend.sentinel-password-file", ValueType.PATH)
              .example("/run/secrets/sentinel-password")
              .doc("A file whose first line is the sentinels' password."));
  static final Setting<Path> BACKEND_TLS_CA =
      add(
          Setting.of("backend.tls.ca-file", ValueType.PATH)
              .example("/etc/heatsink/backend-ca.crt")
              .doc("Authorities that vouch for the backend; PEM. Default: those of the JVM."));
  static final Setting<Path> BACKEND_TLS_CERT =
      add(
          Setting.of("backend.tls.cert-file", ValueType.PATH)
              .example("/etc/heatsink/client.crt")
              .doc("The certificate shown to the backend, PEM, read on change."));
  static final Setting<Path> BACKEND_TLS_KEY =
      add(
          Setting.of("backend.tls.key-file", ValueType.PATH)
              .example("/etc/heatsink/client.key")
              .doc("Its private key; PEM, not encrypted, read on change."));
  static final Setting<Boolean> BACKEND_TLS_VERIFY =
      add(
          Setting.of("backend.tls.verify-hostname", ValueType.SWITCH)
              .byDefault("on")
              .example("off")
              .doc("Whether the backend's certificate has to name the host of its URL."));
  static final Setting<Duration> BACKEND_CONNECT_TIMEOUT =
      add(
          Setting.of("backend.connect-timeout", ValueType.DURATION)
              .within("10ms", "60s")
              .byDefault("2s")
              .example("500ms")
              .doc("How long one attempt to connect to the backend may take."));
  static final Setting<Long> BACKEND_MAX_PENDING =
      add(
          Setting.of("backend.max-pending", ValueType.COUNT)
              .within("16", "10000000")
              .byDefault("100000")
              .example("20000")
              .doc("Commands on one pipe that wait for their reply; over it clients are paused."));
  static final Setting<Duration> BACKEND_RETRY_DEADLINE =
      add(
          Setting.of("backend.retry-deadline", ValueType.DURATION)
              .within("0s", "60s")
              .byDefault("5s")
              .example("20s")
              .doc("How long a command may wait for a node to take it (cluster, sentinel)."));
  static final Setting<Long> BACKEND_MAX_PINNED =
      add(
          Setting.of("backend.max-pinned", ValueType.COUNT)
              .within("1", "100000")
              .byDefault("1000")
              .example("200")
              .doc("Connections a lane for MULTI, scripts, blocking, pub/sub and MONITOR."));

  static final Setting<ValueType.Judge> CLIENTS_AUTH =
      add(
          Setting.of("clients.auth", ValueType.JUDGE)
              .byDefault("backend")
              .example("file")
              .doc("Who judges AUTH: Redis' ACL, or clients.users-file."));
  static final Setting<Path> CLIENTS_USERS_FILE =
      add(
          Setting.of("clients.users-file", ValueType.PATH)
              .example("/etc/heatsink/users.acl")
              .doc("Who may connect, as docs/security.md has it; read on change."));
  static final Setting<Boolean> CLIENTS_PROTECTED =
      add(
          Setting.of("clients.protected-mode", ValueType.SWITCH)
              .byDefault("on")
              .example("off")
              .doc("Whether other machines' clients have to authenticate; see docs/security.md."));
  static final Setting<Long> CLIENTS_MAX =
      add(
          Setting.of("clients.max", ValueType.COUNT)
              .live()
              .within("1", "1000000")
              .byDefault("10000")
              .example("500")
              .doc("Connected clients; one more is told so and closed."));
  static final Setting<Duration> CLIENTS_IDLE_TIMEOUT =
      add(
          Setting.of("clients.idle-timeout", ValueType.DURATION)
              .live()
              .within("0s", "30d")
              .byDefault("0s")
              .example("5m")
              .doc("A client silent for so long is closed; 0s never closes."));
  static final Setting<Long> CLIENTS_MAX_PIPELINE =
      add(
          Setting.of("clients.max-pipeline", ValueType.COUNT)
              .live()
              .within("1", "1000000")
              .byDefault("4096")
              .example("1024")
              .doc("Unanswered commands of one client; over it the client is not read."));
  static final Setting<Long> CLIENTS_MAX_REQUEST =
      add(
          Setting.of("clients.max-request-bytes", ValueType.SIZE)
              .within("1kb", "1gb")
              .byDefault("64mb")
              .example("16mb")
              .doc(
                  "A command that is kept whole; most over 1 MB are passed on in pieces instead."));
  static final Setting<Long> CLIENTS_MAX_OUTPUT =
      add(
          Setting.of("clients.max-output-bytes", ValueType.SIZE)
              .within("64kb", "2gb")
              .byDefault("256mb")
              .example("64mb")
              .doc("Replies that one client has not yet taken; over it the client is closed."));
  static final Setting<String> CLIENTS_FRESH_NAME_SUFFIX =
      add(
          Setting.of("clients.fresh-name-suffix", ValueType.NAME_OR_OFF)
              .byDefault(":fresh")
              .example("\"#exact\"")
              .doc("The reads of a client whose name ends so are fresh; off for nobody's."));

  static final Setting<Boolean> DETECTOR_ENABLED =
      add(
          Setting.of("detector.enabled", ValueType.SWITCH)
              .byDefault("on")
              .example("off")
              .doc("Whether hot keys are looked for; off forwards everything unchanged."));
  static final Setting<Double> DETECTOR_HOT_RATE =
      add(
          Setting.of("detector.hot-rate", ValueType.RATE)
              .live()
              .within("1", "10000000")
              .byDefault("1000/s")
              .example("250/s")
              .doc("Commands a second on one key from which it is hot."));
  static final Setting<Double> DETECTOR_HOT_SHARE =
      add(
          Setting.of("detector.hot-share", ValueType.FRACTION)
              .live()
              .within("0.0001", "1")
              .byDefault("0.01")
              .example("2%")
              .doc("Share of a lane's commands from which a key is hot, if above min-rate."));
  static final Setting<Double> DETECTOR_MIN_RATE =
      add(
          Setting.of("detector.min-rate", ValueType.RATE)
              .live()
              .within("0", "10000000")
              .byDefault("100/s")
              .example("50/s")
              .doc("Commands a second on one key below which it is never hot."));
  static final Setting<Long> DETECTOR_SAMPLING =
      add(
          Setting.of("detector.sampling", ValueType.COUNT)
              .live()
              .within("0", "1024")
              .byDefault("0")
              .example("16")
              .doc("One command in so many is counted; 0 adapts to the traffic."));
  static final Setting<Duration> DETECTOR_COOLDOWN =
      add(
          Setting.of("detector.cooldown", ValueType.DURATION)
              .live()
              .within("100ms", "10m")
              .byDefault("10s")
              .example("30s")
              .doc("How long a key stays hot after its last hot reading."));

  static final Setting<Long> DETECTOR_HOT_BYTES =
      add(
          Setting.of("detector.hot-bytes", ValueType.SIZE)
              .live()
              .within("64kb", "1tb")
              .byDefault("10mb")
              .example("50mb")
              .doc("Bytes a second of one key's values, of 16 KB and more, from which it is hot."));

  static final Setting<Boolean> CACHE_ENABLED =
      add(
          Setting.of("cache.enabled", ValueType.SWITCH)
              .byDefault("on")
              .example("off")
              .doc("Whether hot keys are answered from memory; off asks Redis every time."));
  static final Setting<Long> CACHE_MAX_BYTES =
      add(
          Setting.of("cache.max-bytes", ValueType.SIZE)
              .live()
              .within("1mb", "1tb")
              .byDefault("32mb")
              .example("128mb")
              .doc("Keys, values and their overhead in the near cache."));
  static final Setting<Long> CACHE_MAX_ITEM =
      add(
          Setting.of("cache.max-item-bytes", ValueType.SIZE)
              .within("1b", "1gb")
              .byDefault("1mb")
              .example("256kb")
              .doc("The largest value that is cached; not above cache.max-bytes."));
  static final Setting<Double> CACHE_MIN_RATE =
      add(
          Setting.of("cache.min-rate", ValueType.RATE)
              .live()
              .within("1", "10000000")
              .byDefault("10/s")
              .example("100/s")
              .doc("Reads a second of one key from which its answers are kept, hot or not."));
  static final Setting<Duration> CACHE_TTL =
      add(
          Setting.of("cache.ttl", ValueType.DURATION)
              .live()
              .within("1ms", "24h")
              .byDefault("60s")
              .example("10s")
              .doc("How old a cached answer may be while Redis tells of changes; jitter apart."));
  static final Setting<Duration> CACHE_UNTRACKED_TTL =
      add(
          Setting.of("cache.untracked-ttl", ValueType.DURATION)
              .live()
              .within("1ms", "24h")
              .byDefault("1s")
              .example("250ms")
              .doc("The same where Redis cannot tell of changes; at most cache.ttl."));
  static final Setting<Double> CACHE_JITTER =
      add(
          Setting.of("cache.jitter", ValueType.FRACTION)
              .live()
              .within("0", "0.5")
              .byDefault("5/60")
              .example("0.1")
              .doc("Fraction by which each TTL varies evenly: 0.1 makes 1s into 0.9s to 1.1s."));
  static final Setting<Double> CACHE_SHADOW_RATE =
      add(
          Setting.of("cache.shadow-rate", ValueType.FRACTION)
              .within("0", "1")
              .byDefault("0")
              .example("0.001")
              .doc("Fraction of hits that Redis is asked for too, to count the stale ones."));

  static final Setting<Level> POLICY_DEFAULT =
      add(
          Setting.of("policy.default", ValueType.LEVEL)
              .live()
              .byDefault("tracked")
              .example("coalesced")
              .doc("How fresh reads are where no rule matches; see docs/consistency.md."));
  static final Setting<List<PolicyRule>> POLICY_RULES =
      add(
          Setting.of("policy.rules", ValueType.RULES)
              .live()
              .byDefault("[]")
              .example("[{pattern: \"balance:*\", level: fresh}]")
              .doc("The same by key: globs, first match wins; ttl and max-stale as 5s or 10m."));

  static final Setting<Boolean> COALESCING =
      add(
          Setting.of("coalescing", ValueType.SWITCH)
              .live()
              .byDefault("on")
              .example("off")
              .doc("Whether concurrent reads of one key share one backend read."));
  static final Setting<Boolean> COMBINING =
      add(
          Setting.of("combining", ValueType.SWITCH)
              .live()
              .byDefault("on")
              .example("off")
              .doc("Whether concurrent increments of a write-hot counter share one INCRBY."));
  static final Setting<List<SplitCounter>> COUNTERS_SPLIT =
      add(
          Setting.of("counters.split", ValueType.SPLITS)
              .byDefault("[]")
              .example("[{pattern: \"tweet:*:likes\", shards: 10, when: when-hot, reply: exact}]")
              .doc("Counters spread over shard keys: which, how, when; see docs/counters.md."));

  static final Setting<Duration> DRAIN_TIMEOUT =
      add(
          Setting.of("drain-timeout", ValueType.DURATION)
              .live()
              .within("0s", "1h")
              .byDefault("10s")
              .example("30s")
              .doc("How long a stop waits for what is under way before it cuts clients off."));
  static final Setting<LogLevel> LOG_LEVEL =
      add(
          Setting.of("log.level", ValueType.LOG_LEVEL)
              .live()
              .byDefault("info")
              .example("debug")
              .doc("The least level of the lines that are logged."));
  static final Setting<LogFormat> LOG_FORMAT =
      add(
          Setting.of("log.format", ValueType.LOG_FORMAT)
              .live()
              .byDefault("text")
              .example("json")
              .doc("How log lines are written, on stdout; json is one object a line."));
  static final Setting<Long> METRICS_HOT_KEY_LABELS =
      add(
          Setting.of("metrics.hot-key-labels", ValueType.COUNT)
              .live()
              .within("0", "100")
              .byDefault("0")
              .example("10")
              .doc("So many of the hottest keys are labels in /metrics; 0 keeps keys out of it."));
  static final Setting<String> METRICS_OTLP_URL =
      add(
          Setting.of("metrics.otlp-url", ValueType.HTTP_URL_OR_OFF)
              .byDefault("off")
              .example("http://127.0.0.1:4318/v1/metrics")
              .doc("Where metrics are sent as OpenTelemetry (OTLP over HTTP); off sends none."));
  static final Setting<Duration> METRICS_OTLP_INTERVAL =
      add(
          Setting.of("metrics.otlp-interval", ValueType.DURATION)
              .within("1s", "1h")
              .byDefault("60s")
              .example("15s")
              .doc("How often metrics are sent there."));

  static final Setting<Duration> SLOWLOG_THRESHOLD =
      add(
          Setting.of("slowlog.threshold", ValueType.DURATION)
              .within("0s", "60s")
              .byDefault("10ms")
              .example("50ms")
              .doc("Requests that take so long are noted, with where the time went; 0s for none."));

  private Settings() {}

  /** Every setting, in the order of {@code config/reference.yaml}. */
  public static List<Setting<?>> all() {
    return Collections.unmodifiableList(TABLE);
  }

  /** The setting of this dotted key or of this short one, or null. */
  public static @Nullable Setting<?> find(String key) {
    for (Setting<?> setting : TABLE) {
      if (setting.keys().contains(key)) {
        return setting;
      }
    }
    return null;
  }

  private static <T> Setting<T> add(Setting<T> setting) {
    TABLE.add(setting);
    return setting;
  }
}
