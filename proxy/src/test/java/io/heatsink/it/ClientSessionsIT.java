package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RedisServer;
import io.lettuce.core.protocol.ProtocolVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import redis.clients.jedis.RedisProtocol;

/** The clients that people use hold a whole session through the proxy and notice nothing. */
class ClientSessionsIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final String CLI_INPUT =
      """
      SET text hello
      GET text
      GET missing
      RPUSH list a b
      LRANGE list 0 -1
      INCR list
      NOSUCH a
      MULTI
      INCR n
      EXEC
      EVAL "return ARGV[1]" 0 scripted
      SELECT 3
      GET text
      SELECT 0
      EXPIRE text 100
      BLPOP list 1
      CLIENT SETNAME cli
      CLIENT GETNAME
      """;

  private HeatsinkFixture heatsink;

  @BeforeEach
  void start() {
    heatsink = HeatsinkFixture.start();
  }

  @AfterEach
  void stop() {
    heatsink.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"RESP2", "RESP3"})
  void jedis(RedisProtocol protocol) throws Exception {
    new JedisSession(heatsink.port(), protocol).run();
  }

  @ParameterizedTest
  @EnumSource
  void lettuce(ProtocolVersion protocol) throws Exception {
    new LettuceSession(heatsink.port(), protocol).run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-2", "-3"})
  void redisCli(String protocol) throws Exception {
    String cli = Programs.required("redis-cli");
    Programs.Outcome session = cli(cli, protocol, heatsink.port());
    try (RedisServer untouched = RedisServer.start()) {
      assertThat(session).isEqualTo(cli(cli, protocol, untouched.port()));
    }
    assertThat(session.output()).contains("hello", "WRONGTYPE", "unknown command", "scripted");
    String port = Integer.toString(heatsink.port());
    Programs.Outcome scan =
        Programs.run(LIMIT, null, "", List.of(cli, "-p", port, "--scan", "--pattern", "li*"));
    assertThat(scan.output().strip()).isEqualTo("list");
  }

  private static Programs.Outcome cli(String program, String protocol, int port) throws Exception {
    List<String> command = List.of(program, protocol, "-p", Integer.toString(port));
    return Programs.run(LIMIT, null, CLI_INPUT, command);
  }

  @Test
  void redisCliPipeMode() throws Exception {
    String cli = Programs.required("redis-cli");
    String port = Integer.toString(heatsink.port());
    String commands = "SET key value\r\n".repeat(5000);
    Programs.Outcome outcome =
        Programs.run(LIMIT, null, commands, List.of(cli, "-p", port, "--pipe"));
    assertThat(outcome.output()).contains("errors: 0, replies: 5000");
  }

  @Test
  void ioredis() throws Exception {
    node("ioredis.js");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "3"})
  void nodeRedis(String protocol) throws Exception {
    node("node-redis.js", protocol);
  }

  private void node(String script, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(NodeClients.node(), script, Integer.toString(heatsink.port())));
    command.addAll(List.of(arguments));
    Programs.Outcome outcome = Programs.run(LIMIT, NodeClients.installed(), "", command);
    assertThat(outcome.output().strip()).isEqualTo("session ok");
    assertThat(outcome.exitCode()).isZero();
  }
}
