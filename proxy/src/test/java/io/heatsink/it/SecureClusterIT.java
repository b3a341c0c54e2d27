package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.Heatsink;
import io.heatsink.config.Access;
import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.Certificates;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** A cluster that speaks TLS, with clients and among its nodes, and lets in named users only. */
class SecureClusterIT {

  private static final String PASSWORD = "open sesame";
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder = Path.of("");
  private RedisCluster cluster;
  private Heatsink heatsink;

  @BeforeEach
  void start() {
    Certificates made = Certificates.in(folder);
    assumeTrue(made != null, "openssl is not on the PATH");
    Certificates certificates = Objects.requireNonNull(made);
    cluster = secured(certificates.authority(), certificates.issue("DNS:localhost,IP:127.0.0.1"));
    cluster.nodes().forEach(SecureClusterIT::lock);
    Access.BackendTls tls = new Access.BackendTls(certificates.authority(), null, null, true);
    Access access =
        new Access(null, null, null, false, tls, null, null, new Access.Admin(null, null));
    heatsink =
        Heatsink.start(
            TestConfig.beforeCluster(cluster.tlsPorts())
                .tls()
                .access(access)
                .username("heat")
                .password(PASSWORD)
                .hot(200, 0.5, 200, Duration.ofSeconds(10))
                .replicas("big:*", Level.COALESCED, Duration.ofMillis(500))
                .build());
    try (RawClient client = RawClient.connect(heatsink.address())) {
      await().atMost(SOON).until(() -> client.call("DBSIZE").equals(":0\r\n"));
    }
  }

  private static RedisCluster secured(Path authority, Certificates.Pair server) {
    try {
      return RedisCluster.startSecure(
          3,
          1,
          List.of(
              "--tls-cert-file", server.certificate().toString(),
              "--tls-key-file", server.key().toString(),
              "--tls-ca-cert-file", authority.toString(),
              "--tls-auth-clients", "no"));
    } catch (IllegalStateException e) {
      throw new TestAbortedException("this redis-server speaks no TLS", e);
    }
  }

  /** From here on nobody gets in without a name, not even the test. */
  private static void lock(RedisServer node) {
    ok(node.call("ACL", "SETUSER", "heat", "on", ">" + PASSWORD, "~*", "&*", "+@all"));
    ok(node.call("ACL", "SETUSER", "app", "on", ">app", "~app:*", "+@all"));
    ok(node.call("CONFIG", "SET", "masteruser", "heat", "masterauth", PASSWORD));
    ok(node.call("ACL", "SETUSER", "default", "off"));
  }

  private static void ok(String reply) {
    assertThat(reply).isEqualTo("+OK\r\n");
  }

  @AfterEach
  void stop() {
    if (heatsink != null) {
      heatsink.close();
    }
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void allNodesAreReachedByTlsAndByName() {
    try (RawClient client = RawClient.connect(heatsink.address())) {
      for (int i = 0; i < 100; i++) {
        assertThat(client.call("SET", "key:" + i, "v" + i)).isEqualTo("+OK\r\n");
      }
      assertThat(client.call("MGET", "key:1", "key:2", "key:3"))
          .isEqualTo("*3\r\n$2\r\nv1\r\n$2\r\nv2\r\n$2\r\nv3\r\n");
      assertThat(client.call("DBSIZE")).isEqualTo(":100\r\n");
      assertThat(client.call("AUTH", "app", "wrong")).startsWith("-WRONGPASS");
      assertThat(client.call("AUTH", "app", "app")).isEqualTo("+OK\r\n");
      for (int i = 0; i < 20; i++) {
        assertThat(client.call("SET", "app:" + i, "1")).isEqualTo("+OK\r\n");
        assertThat(client.call("GET", "key:" + i)).startsWith("-NOPERM");
      }
    }
  }

  @Test
  void replicasAnswerAndTakeOver() {
    try (ReadersOfOne readers = new ReadersOfOne(heatsink.address(), "big:1")) {
      await()
          .atMost(SOON)
          .until(() -> AdminClient.metric(heatsink, "heatsink_replica_reads_total") > 100);
      assertThat(readers.faults()).isEmpty();
    }
    cluster.nodes().get(0).stop();
    try (RawClient client = RawClient.connect(heatsink.address()).timeout(SOON)) {
      await()
          .atMost(SOON)
          .until(
              () -> {
                String all = "";
                for (int i = 0; i < 30; i++) {
                  all += client.call("SET", "key:" + i, "1");
                }
                return !all.contains("-");
              });
    }
  }
}
