package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heatsink.Heatsink;
import io.heatsink.ListenException;
import io.heatsink.config.Access;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import io.heatsink.testkit.TestConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients and a real Redis at Unix sockets. */
class UnixSocketIT {

  private static final String TRANSPORT = "io.heatsink.transport";
  private static final String MODE = "rwxrwx---";

  @TempDir private Path folder = Path.of("");
  private RedisServer redis;
  private Path door;

  @BeforeEach
  void start() {
    door = folder.resolve("heatsink.sock");
    redis = RedisServer.start("--unixsocket", folder.resolve("redis.sock").toString());
  }

  @AfterEach
  void stop() {
    System.clearProperty(TRANSPORT);
    redis.close();
  }

  private Heatsink heatsink() {
    Access access =
        new Access(
            null,
            new Access.Unix(door, PosixFilePermissions.fromString(MODE)),
            null,
            false,
            Access.DEFAULT.backend(),
            null,
            null,
            Access.DEFAULT.admin());
    TestConfig config = TestConfig.before(redis.port());
    return Heatsink.start(
        config.at(folder.resolve("redis.sock").toString(), 0).access(access).build());
  }

  private String call(String... words) throws IOException {
    try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(door))) {
      byte[] both = RawClient.join(List.of(RawClient.encode(words), RawClient.encode("QUIT")));
      client.write(ByteBuffer.wrap(both));
      ByteBuffer reply = ByteBuffer.allocate(4096);
      while (client.read(reply) >= 0) {
        assertThat(reply.hasRemaining()).isTrue();
      }
      String text = new String(reply.array(), 0, reply.position(), ISO_8859_1);
      assertThat(text).endsWith("+OK\r\n");
      return text.substring(0, text.length() - "+OK\r\n".length());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "nio"})
  void bothSides(String transport) throws IOException {
    System.setProperty(TRANSPORT, transport);
    try (Heatsink heatsink = heatsink()) {
      assertThat(Files.getPosixFilePermissions(door))
          .isEqualTo(PosixFilePermissions.fromString(MODE));
      assertThat(call("SET", "a", "1")).isEqualTo("+OK\r\n");
      assertThat(redis.call("GET", "a")).isEqualTo("$1\r\n1\r\n");
      assertThat(call("CLIENT", "INFO"))
          .contains("addr=" + door + ":0 laddr=" + door + ":0")
          .contains("flags=U");
      assertThat(redis.call("CLIENT", "LIST")).contains("redis.sock:0");
      try (RawClient byTcp = RawClient.connect(heatsink.address())) {
        assertThat(byTcp.call("INCR", "a")).isEqualTo(":2\r\n");
      }
    }
    assertThat(door).doesNotExist();
  }

  @Test
  void lettuceConnects() {
    try (Heatsink heatsink = heatsink()) {
      RedisClient lettuce = RedisClient.create(RedisURI.Builder.socket(door.toString()).build());
      try {
        RedisCommands<String, String> commands = lettuce.connect().sync();
        assertThat(commands.set("a", "1")).isEqualTo("OK");
        assertThat(commands.incr("a")).isEqualTo(2);
      } finally {
        lettuce.shutdown();
      }
      assertThat(heatsink.tlsAddress()).isNull();
    }
  }

  @Test
  void ioredisRunsItsSession() throws Exception {
    Path node = NodeClients.installed();
    try (Heatsink heatsink = heatsink()) {
      List<String> command = List.of(NodeClients.node(), "ioredis.js", door.toString());
      Programs.Outcome outcome = Programs.run(Duration.ofSeconds(60), node, "", command);
      assertThat(outcome.exitCode()).as(outcome.output()).isZero();
      assertThat(heatsink.adminAddress()).isNotNull();
    }
  }

  @Test
  void whatADeadProcessLeftIsReplacedAndNothingElse() throws IOException {
    try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      other.bind(UnixDomainSocketAddress.of(door));
      assertThatThrownBy(this::heatsink)
          .isInstanceOf(ListenException.class)
          .hasMessageContaining(door.toString())
          .hasMessageContaining("a process answers there")
          .hasMessageContaining("--listen-unix");
    }
    assertThat(door).exists();
    try (Heatsink heatsink = heatsink()) {
      assertThat(call("PING")).isEqualTo("+PONG\r\n");
      assertThat(heatsink.tlsAddress()).isNull();
    }
    Files.writeString(door, "precious");
    assertThatThrownBy(this::heatsink).hasMessageContaining("no socket");
    assertThat(door).hasContent("precious");
  }
}
