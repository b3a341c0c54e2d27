package io.heatsink.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.Heatsink;
import io.heatsink.config.Access;
import io.heatsink.config.Access.ClientCertificates;
import io.heatsink.testkit.AdminClient;
import io.heatsink.testkit.Certificates;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.api.sync.RedisCommands;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;

/** TLS to clients and to a real Redis, with certificates of the test's own. */
class TlsIT {

  private static final String HERE = "DNS:localhost,IP:127.0.0.1";
  private static final String PASSWORD = "open sesame";
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private Path folder = Path.of("");
  private Certificates certificates;
  private Certificates.Pair server;
  private @Nullable RedisServer redis;
  private @Nullable Heatsink heatsink;
  private int redisTlsPort;

  @BeforeEach
  void issue() {
    Certificates made = Certificates.in(folder);
    assumeTrue(made != null, "openssl is not on the PATH");
    certificates = Objects.requireNonNull(made);
    server = certificates.issue(HERE);
  }

  @AfterEach
  void stop() {
    if (heatsink != null) {
      heatsink.close();
    }
    if (redis != null) {
      redis.close();
    }
  }

  /** A Redis with a plain port for the test itself, and one that speaks TLS. */
  private void startRedis(Certificates.Pair shown, boolean asksClients, String... more) {
    redisTlsPort = RedisServer.freePort();
    String[] tls = {
      "--tls-port", Integer.toString(redisTlsPort),
      "--tls-cert-file", shown.certificate().toString(),
      "--tls-key-file", shown.key().toString(),
      "--tls-ca-cert-file", certificates.authority().toString(),
      "--tls-auth-clients", asksClients ? "yes" : "no"
    };
    String[] all = Arrays.copyOf(tls, tls.length + more.length);
    System.arraycopy(more, 0, all, tls.length, more.length);
    try {
      redis = RedisServer.start(all);
    } catch (IllegalStateException e) {
      assumeTrue(false, "this redis-server speaks no TLS");
    }
  }

  private Access.Tls door(ClientCertificates clients) {
    Path authorities = clients == ClientCertificates.OFF ? null : certificates.authority();
    return new Access.Tls(
        ANY_PORT,
        server.certificate(),
        server.key(),
        authorities,
        clients,
        List.of("TLSv1.2", "TLSv1.3"));
  }

  private static Access access(Access.@Nullable Tls door, Access.BackendTls backend) {
    return new Access(door, null, null, false, backend, null, null, new Access.Admin(null, null));
  }

  private Access.BackendTls believing() {
    return new Access.BackendTls(certificates.authority(), null, null, true);
  }

  /** In front of a plain Redis, with a door for TLS. */
  private InetSocketAddress startPlain(ClientCertificates clients) {
    redis = RedisServer.start();
    TestConfig config = TestConfig.before(redis.port());
    Access.BackendTls none = Access.DEFAULT.backend();
    return start(config.access(access(door(clients), none)));
  }

  private InetSocketAddress start(TestConfig config) {
    heatsink = Heatsink.start(config.build());
    InetSocketAddress tls = heatsink.tlsAddress();
    return tls == null ? heatsink.address() : tls;
  }

  private RawClient client(InetSocketAddress at) {
    return RawClient.connect(at, certificates.client(null));
  }

  @Test
  void encryptedOnBothSidesWithAcl() {
    startRedis(server, false, "--requirepass", PASSWORD);
    TestConfig config = TestConfig.before(redisTlsPort).at("localhost", redisTlsPort).tls();
    InetSocketAddress at = start(config.access(access(door(ClientCertificates.OFF), believing())));
    try (RawClient client = client(at)) {
      assertThat(client.call("GET", "a")).startsWith("-NOAUTH ");
      assertThat(client.call("AUTH", PASSWORD)).isEqualTo("+OK\r\n");
      assertThat(client.call("SET", "a", "1")).isEqualTo("+OK\r\n");
      assertThat(client.call("MULTI")).isEqualTo("+OK\r\n");
      assertThat(client.call("INCR", "a")).isEqualTo("+QUEUED\r\n");
      assertThat(client.call("EXEC")).isEqualTo("*1\r\n:2\r\n");
    }
  }

  @Test
  void theControlPlaneSpeaksTlsToo() {
    startRedis(server, false);
    TestConfig config = TestConfig.before(redisTlsPort).tls();
    start(config.access(access(null, believing())));
    Heatsink running = Objects.requireNonNull(heatsink);
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> AdminClient.get(running, "/ready").statusCode() == 200);
  }

  @Test
  void theBytesAreTheSameAsWithout() {
    InetSocketAddress at = startPlain(ClientCertificates.OFF);
    SplittableRandom random = new SplittableRandom(17);
    Commands commands = new Commands(random.split(), false);
    try (RedisServer plain = RedisServer.start();
        RawClient direct = RawClient.connect(plain.port());
        RawClient proxied = client(at)) {
      for (int i = 0; i < 100; i++) {
        for (Commands.Step step : commands.pipeline(1 + random.nextInt(40))) {
          direct.sendRaw(step.bytes);
          proxied.sendRaw(step.bytes);
          for (int reply = 0; reply < step.replies; reply++) {
            String expected = RawClient.printable(direct.readReply());
            assertThat(RawClient.printable(proxied.readReply())).as("%s", step).isEqualTo(expected);
          }
        }
      }
    }
  }

  @Test
  void largeValuesPass() {
    startRedis(server, false);
    TestConfig config = TestConfig.before(redisTlsPort).tls();
    InetSocketAddress at = start(config.access(access(door(ClientCertificates.OFF), believing())));
    byte[] value = new byte[24 << 20];
    new SplittableRandom(1).nextBytes(value);
    try (RawClient client = client(at)) {
      assertThat(client.call("SET".getBytes(US_ASCII), "large".getBytes(US_ASCII), value))
          .isEqualTo("+OK\r\n");
      byte[] reply = client.send("GET", "large").readReply();
      int head = ("$" + value.length + "\r\n").length();
      assertThat(Arrays.equals(reply, head, head + value.length, value, 0, value.length)).isTrue();
    }
  }

  @SuppressWarnings("deprecation") // Jedis' other way takes its certificates from a key store
  @Test
  void jedisAndLettuceConnect() {
    InetSocketAddress at = startPlain(ClientCertificates.OFF);
    SSLContext believing = certificates.client(null);
    DefaultJedisClientConfig settings =
        DefaultJedisClientConfig.builder()
            .ssl(true)
            .sslSocketFactory(believing.getSocketFactory())
            .build();
    try (Jedis jedis = new Jedis("localhost", at.getPort(), settings)) {
      assertThat(jedis.set("a", "1")).isEqualTo("OK");
      assertThat(jedis.incr("a")).isEqualTo(2);
    }
    RedisURI uri =
        RedisURI.builder()
            .withHost("localhost")
            .withPort(at.getPort())
            .withSsl(true)
            .withVerifyPeer(SslVerifyMode.FULL)
            .build();
    RedisClient lettuce = RedisClient.create(uri);
    try {
      lettuce.setOptions(
          ClientOptions.builder()
              .sslOptions(
                  SslOptions.builder().trustManager(certificates.authority().toFile()).build())
              .build());
      RedisCommands<String, String> commands = lettuce.connect().sync();
      assertThat(commands.get("a")).isEqualTo("2");
    } finally {
      lettuce.shutdown();
    }
  }

  @Test
  void whoHasToShowACertificateAndHasNoneIsRefused() {
    InetSocketAddress at = startPlain(ClientCertificates.REQUIRED);
    assertThatThrownBy(
            () -> {
              try (RawClient client = client(at)) {
                client.call("PING");
              }
            })
        .isInstanceOf(UncheckedIOException.class);
    Certificates.Pair own = certificates.issue("DNS:client");
    try (RawClient client = RawClient.connect(at, certificates.client(own))) {
      assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
    }
  }

  @Test
  void theBackendIsShownACertificate() {
    startRedis(server, true);
    Certificates.Pair own = certificates.issue("DNS:heatsink");
    Access.BackendTls shown =
        new Access.BackendTls(certificates.authority(), own.certificate(), own.key(), true);
    InetSocketAddress at = start(TestConfig.before(redisTlsPort).tls().access(access(null, shown)));
    try (RawClient client = RawClient.connect(at)) {
      assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
    }
  }

  @Test
  void theBackendIsShownTheCertificateThatHasReplacedOneThatIsOver() {
    startRedis(server, true);
    Certificates.Pair own = certificates.issue("DNS:heatsink", -1);
    Access.BackendTls shown =
        new Access.BackendTls(certificates.authority(), own.certificate(), own.key(), true);
    InetSocketAddress at = start(TestConfig.before(redisTlsPort).tls().access(access(null, shown)));
    try (RawClient client = RawClient.connect(at)) {
      assertThat(client.call("PING")).startsWith("-ERR Heatsink: ");
      certificates.issue("DNS:heatsink").replace(own);
      Awaitility.await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> client.call("PING").equals("+PONG\r\n"));
    }
  }

  /** Redis has no name there, and refuses nobody for the names that they have. */
  @Test
  void noApplicationProtocolIsAgreedOn() throws Exception {
    InetSocketAddress at = startPlain(ClientCertificates.OFF);
    SSLContext believing = certificates.client(null);
    try (SSLSocket socket =
        (SSLSocket) believing.getSocketFactory().createSocket(at.getAddress(), at.getPort())) {
      SSLParameters offered = socket.getSSLParameters();
      offered.setApplicationProtocols(new String[] {"h2", "redis"});
      socket.setSSLParameters(offered);
      socket.startHandshake();
      assertThat(socket.getApplicationProtocol()).isEmpty();
    }
  }

  /** Who hosts many names on one address tells by it which one is meant. */
  @Test
  void theHostOfTheUrlIsNamedToTheBackend() throws Exception {
    SslContext shown =
        SslContextBuilder.forServer(server.certificate().toFile(), server.key().toFile()).build();
    CompletableFuture<String> named = new CompletableFuture<>();
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try {
      Channel door =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerSocketChannel.class)
              .childHandler(
                  new SniHandler(
                      (String name) -> {
                        named.complete(name);
                        return shown;
                      }))
              .bind(InetAddress.getLoopbackAddress(), 0)
              .sync()
              .channel();
      int port = ((InetSocketAddress) door.localAddress()).getPort();
      TestConfig config = TestConfig.before(port).at("localhost", port).tls();
      InetSocketAddress at = start(config.access(access(null, believing())));
      try (RawClient client = RawClient.connect(at)) {
        client.send("PING");
        assertThat(named.get(10, TimeUnit.SECONDS)).isEqualTo("localhost");
      }
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  @Test
  void aBackendWithoutTheRightCertificateIsRefused() {
    assertRefused(certificates.issue("DNS:elsewhere"), true);
  }

  @Test
  void aBackendWhoseCertificateIsOverIsRefused() {
    assertRefused(certificates.issue(HERE, -1), false);
  }

  private void assertRefused(Certificates.Pair shown, boolean worksUnchecked) {
    startRedis(shown, false);
    TestConfig config = TestConfig.before(redisTlsPort).tls();
    InetSocketAddress at = start(config.access(access(null, believing())));
    try (RawClient client = RawClient.connect(at)) {
      assertThat(client.call("PING"))
          .startsWith("-ERR Heatsink: backend 127.0.0.1:" + redisTlsPort + " is unreachable (");
    }
    Objects.requireNonNull(heatsink).close();
    Access.BackendTls unchecked =
        new Access.BackendTls(certificates.authority(), null, null, false);
    at = start(config.access(access(null, unchecked)));
    try (RawClient client = RawClient.connect(at)) {
      assertThat(client.call("PING").equals("+PONG\r\n")).isEqualTo(worksUnchecked);
    }
  }

  @Test
  void aNewCertificateIsShownWithoutAnErrorAndABrokenOneIsNot() throws Exception {
    InetSocketAddress at = startPlain(ClientCertificates.OFF);
    SSLContext believing = certificates.client(null);
    X509Certificate before = shown(at, believing);
    AtomicBoolean goesOn = new AtomicBoolean(true);
    AtomicInteger served = new AtomicInteger();
    AtomicInteger failed = new AtomicInteger();
    Thread load =
        new Thread(
            () -> {
              while (goesOn.get()) {
                try (RawClient client = RawClient.connect(at, believing)) {
                  for (int i = 0; i < 10; i++) {
                    client.call("INCR", "n");
                    served.incrementAndGet();
                  }
                } catch (UncheckedIOException e) {
                  failed.incrementAndGet();
                }
              }
            });
    load.start();
    Certificates.Pair second = certificates.issue(HERE);
    second.replace(server);
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> !shown(at, believing).equals(before));
    X509Certificate after = shown(at, believing);
    Files.writeString(server.certificate(), "-----BEGIN CERTIFICATE-----\nnonsense\n");
    Awaitility.await()
        .during(Duration.ofSeconds(4))
        .atMost(Duration.ofSeconds(8))
        .until(() -> shown(at, believing).equals(after));
    goesOn.set(false);
    load.join();
    assertThat(failed).hasValue(0);
    assertThat(served.get()).isGreaterThan(100);
  }

  private static X509Certificate shown(InetSocketAddress at, SSLContext believing)
      throws Exception {
    try (SSLSocket socket =
        (SSLSocket) believing.getSocketFactory().createSocket(at.getAddress(), at.getPort())) {
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  /** TLS 1.3 lets one side end what it sends, and be sent what it is owed. */
  @Test
  void whoHasSentAllGetsWhatItIsOwed() {
    InetSocketAddress at = startPlain(ClientCertificates.OFF);
    try (RawClient client = client(at)) {
      client.send("PING").send("ECHO", "last").shutdownOutput();
      assertThat(client.readUntilClosed()).isEqualTo("+PONG\r\n$4\r\nlast\r\n");
    }
  }
}
