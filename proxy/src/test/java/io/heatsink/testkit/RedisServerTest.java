package io.heatsink.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kit itself: a server that starts, freezes, dies and comes back; a client that cuts right. */
class RedisServerTest {

  @Test
  void countsWhatWasAsked() {
    try (RedisServer redis = RedisServer.start();
        RawClient client = redis.client()) {
      client.call("GET", "a");
      redis.resetStats();
      client.pipeline(List.of(RawClient.encode("GET", "a"), RawClient.encode("GET", "b")));
      assertThat(redis.calls("get")).isEqualTo(2);
      assertThat(redis.calls("set")).isZero();
      assertThat(redis.isAtLeast(6, 0)).isTrue();
      assertThat(redis.isAtLeast(99, 0)).isFalse();
    }
  }

  @Test
  void freezesAndThaws() {
    try (RedisServer redis = RedisServer.start();
        RawClient client = redis.client().timeout(Duration.ofMillis(100))) {
      redis.pause();
      client.send("PING");
      assertThatThrownBy(client::readReply).isInstanceOf(UncheckedIOException.class);
      redis.resume();
      assertThat(client.timeout(RawClient.TIMEOUT).readText()).isEqualTo("+PONG\r\n");
    }
  }

  @Test
  void comesBackEmptyOnItsPort() {
    try (RedisServer redis = RedisServer.start()) {
      int port = redis.port();
      redis.call("SET", "a", "1");
      redis.stop();
      assertThatThrownBy(() -> redis.call("PING")).isInstanceOf(UncheckedIOException.class);
      redis.restart();
      assertThat(redis.port()).isEqualTo(port);
      assertThat(redis.call("GET", "a")).isEqualTo("$-1\r\n");
    }
  }

  @Test
  void knowsItsPassword() {
    try (RedisServer redis = RedisServer.start("--requirepass", "secret")) {
      assertThat(redis.call("PING")).isEqualTo("+PONG\r\n");
    }
  }

  @Test
  void theBundledServerRuns() throws Exception {
    try (RedisServer redis = RedisServer.start(RedisBinary.bundledServer())) {
      assertThat(redis.isAtLeast(6, 0)).isTrue();
    }
  }

  @Test
  void cutsNestedReplies() {
    try (RedisServer redis = RedisServer.start();
        RawClient client = redis.client()) {
      String script = "return {1, {2, 'three', {}}, 'four', false}";
      assertThat(client.call("EVAL", script, "0"))
          .isEqualTo("*4\r\n:1\r\n*3\r\n:2\r\n$5\r\nthree\r\n*0\r\n$4\r\nfour\r\n$-1\r\n");
      assertThat(client.call("HELLO", "3")).startsWith("%7\r\n");
      client.call("HSET", "h", "f", "v");
      assertThat(client.call("HGETALL", "h")).isEqualTo("%1\r\n$1\r\nf\r\n$1\r\nv\r\n");
      assertThat(client.call("GET", "none")).isEqualTo("_\r\n");
      client.call("SET", "big", "x".repeat(1_000_000));
      assertThat(client.call("GET", "big")).hasSize(1_000_000 + "$1000000\r\n\r\n".length());
      assertThat(client.call("PING")).isEqualTo("+PONG\r\n");
    }
  }
}
