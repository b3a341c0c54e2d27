package io.heatsink.it;

import static io.heatsink.it.Scene.NEW;
import static io.heatsink.it.Scene.NIL;
import static io.heatsink.it.Scene.OK;
import static io.heatsink.it.Scene.OLD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** When a hot key may be answered from memory, and when it must not, whatever the client is in. */
class LocalAnswersIT {

  private static final int REPEATS = 10;

  private HeatsinkFixture heatsink;
  private Scene scene;

  @BeforeEach
  void start() {
    heatsink = HeatsinkFixture.start();
    scene = new Scene(heatsink);
  }

  @AfterEach
  void stop() {
    scene.close();
    heatsink.close();
  }

  @Test
  void aReadUnderWatchComesFromRedis() {
    for (int i = 0; i < REPEATS; i++) {
      scene.prepare();
      scene.hot();
      heatsink.redis().call("SET", "k", "new");
      assertThat(scene.writer.call("WATCH", "k")).isEqualTo(OK);
      // Were this the older value, EXEC would succeed and undo a write it never saw.
      assertThat(scene.writer.call("GET", "k")).isEqualTo(NEW);
      assertThat(scene.writer.call("UNWATCH")).isEqualTo(OK);
    }
  }

  @Test
  void nothingLocalForASubscriber() {
    scene.hot();
    assertThat(scene.reader.call("SUBSCRIBE", "news")).contains("subscribe");
    assertThat(scene.reader.call("GET", "k")).startsWith("-ERR Can't execute 'get'");
    assertThat(scene.reader.call("UNSUBSCRIBE")).contains("unsubscribe");
    assertThat(scene.reader.call("GET", "k")).isEqualTo(OLD);
    assertThat(scene.reader3.call("SUBSCRIBE", "news")).startsWith(">3\r\n");
    assertThat(scene.reader3.call("GET", "k")).isEqualTo(OLD);
  }

  @Test
  void silencedRepliesStaySilent() {
    scene.hot();
    scene.reader.send("CLIENT", "REPLY", "OFF").send("GET", "k").send("GET", "k");
    assertThat(scene.reader.call("CLIENT", "REPLY", "ON")).isEqualTo(OK);
    scene.reader.send("CLIENT", "REPLY", "SKIP").send("GET", "k");
    assertThat(scene.reader.call("PING")).isEqualTo("+PONG\r\n");
    assertThat(scene.reader.call("GET", "k")).isEqualTo(OLD);
  }

  @Test
  void aClientThatTracksIsToldOfAHotKey() {
    scene.hot();
    assertThat(scene.reader3.call("CLIENT", "TRACKING", "ON")).isEqualTo(OK);
    assertThat(scene.reader3.call("GET", "k")).isEqualTo(OLD);
    scene.writer.call("SET", "k", "new");
    assertThat(scene.reader3.readText()).isEqualTo(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n");
    assertThat(scene.reader3.call("GET", "k")).isEqualTo(NEW);
  }

  @Test
  void eachProtocolGetsItsOwnForm() {
    scene.hot();
    byte[] missing = RawClient.encode("GET", "missing");
    List<byte[]> burst = Collections.nCopies(2000, missing);
    for (int round = 0; round < 3; round++) {
      scene.reader.pipeline(burst).forEach(reply -> assertThat(Scene.text(reply)).isEqualTo(NIL));
      scene
          .reader3
          .pipeline(burst)
          .forEach(reply -> assertThat(Scene.text(reply)).isEqualTo("_\r\n"));
      assertThat(scene.reader.call("GET", "k")).isEqualTo(OLD);
      assertThat(scene.reader3.call("GET", "k")).isEqualTo(OLD);
    }
    assertThat(scene.reader3.call("HELLO", "2"))
        .startsWith("*14\r\n")
        .contains("$5\r\nproto\r\n:2\r\n");
    assertThat(scene.reader3.call("GET", "missing")).isEqualTo(NIL);
  }

  @Test
  void aFunctionThatWritesIsSeen() {
    assumeTrue(heatsink.redis().isAtLeast(7, 0), "functions came with Redis 7.0");
    scene.hot();
    String code =
        "#!lua name=lib\nredis.register_function('put', function(keys, args)"
            + " return redis.call('SET', 'k', args[1]) end)";
    assertThat(scene.writer.call("FUNCTION", "LOAD", "REPLACE", code)).isEqualTo(Scene.bulk("lib"));
    for (int i = 0; i < REPEATS; i++) {
      scene.prepare();
      assertThat(scene.writer.call("FCALL", "put", "0", "new")).isEqualTo(OK);
      assertThat(scene.reader.call("GET", "k")).isEqualTo(NEW);
    }
  }
}
