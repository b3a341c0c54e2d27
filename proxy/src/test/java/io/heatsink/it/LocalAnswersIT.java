package io.heatsink.it;

import static io.heatsink.it.Scene.NEW;
import static io.heatsink.it.Scene.NIL;
import static io.heatsink.it.Scene.OK;
import static io.heatsink.it.Scene.OLD;
import static java.nio.charset.StandardCharsets.UTF_8;
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
  void itsOwnExpiryEndsAHotKey() {
    scene.hot();
    String deadline = "redis.call('SET','k','old') return redis.call('PEXPIRE','k',200)";
    for (String[] write :
        List.of(
            new String[] {"SET", "k", "old", "PX", "200"},
            new String[] {"PSETEX", "k", "200", "old"},
            new String[] {"PEXPIRE", "k", "200"},
            new String[] {"EVAL", deadline, "0"})) {
      for (int round = 0; round < 3; round++) {
        scene.writer.call("SET", "k", "old");
        scene.reader.call("GET", "k");
        assertThat(scene.writer.call(write)).doesNotStartWith("-");
        readUntilGone(write[0], System.nanoTime() + 200_000_000L);
      }
    }
  }

  private void readUntilGone(String write, long goneNanos) {
    long asked;
    int served = 0;
    // Redis counts in whole ms, from a moment up to one turn of its loop before the reply.
    long tolerance = 5_000_000L;
    do {
      asked = System.nanoTime();
      String reply = scene.reader.call("GET", "k");
      if (asked > goneNanos + tolerance) {
        assertThat(reply).as("%s: after its expiry", write).isEqualTo(NIL);
      } else if (reply.equals(OLD)) {
        served++;
      }
    } while (asked < goneNanos + 100_000_000L);
    assertThat(served).as("%s: reads before the expiry", write).isPositive();
  }

  @Test
  void databasesAreKeptApart() {
    scene.hot();
    assertThat(scene.reader.call("SELECT", "1")).isEqualTo(OK);
    heatsink.absorb(scene.reader, "k");
    assertThat(scene.reader.call("GET", "k")).isEqualTo(NEW);
    assertThat(scene.writer.call("GET", "k")).isEqualTo(OLD);
    List<String> replies =
        Scene.pipeline(
            scene.reader,
            "SELECT 0",
            "GET k",
            "SELECT 1",
            "GET k",
            "SELECT 2",
            "GET k",
            "SELECT 99",
            "GET k",
            "SELECT 0",
            "GET k");
    String outOfRange = "-ERR DB index is out of range\r\n";
    assertThat(replies).containsExactly(OK, OLD, OK, NEW, OK, NIL, outOfRange, NIL, OK, OLD);
  }

  @Test
  void nothingLocalInsideMulti() {
    scene.hot();
    heatsink.redis().call("SET", "k", "new");
    long before = heatsink.redis().calls("get");
    assertThat(scene.writer.call("MULTI")).isEqualTo(OK);
    assertThat(scene.writer.call("GET", "k")).isEqualTo("+QUEUED\r\n");
    assertThat(scene.reader.call("GET", "k")).isIn(OLD, NEW);
    assertThat(scene.writer.call("GET", "k")).isEqualTo("+QUEUED\r\n");
    assertThat(scene.writer.call("EXEC")).isEqualTo("*2\r\n" + NEW + NEW);
    assertThat(heatsink.redis().calls("get") - before).isGreaterThanOrEqualTo(2);
    List<String> replies = Scene.pipeline(scene.writer, "GET k", "MULTI", "GET k", "EXEC", "GET k");
    assertThat(replies.subList(1, 4)).containsExactly(OK, "+QUEUED\r\n", "*1\r\n" + NEW);
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
  void keysThatCollideAsTextAreKeptApart() {
    byte[] first = {'k', (byte) 0xff};
    byte[] second = {'k', (byte) 0xfe};
    byte[] set = "SET".getBytes(UTF_8);
    byte[] get = "GET".getBytes(UTF_8);
    scene.writer.call(set, first, "first".getBytes(UTF_8));
    scene.writer.call(set, second, "second".getBytes(UTF_8));
    heatsink.absorb(scene.reader, first);
    heatsink.absorb(scene.reader, second);
    assertThat(scene.reader.call(get, first)).isEqualTo(Scene.bulk("first"));
    assertThat(scene.reader.call(get, second)).isEqualTo(Scene.bulk("second"));
    scene.writer.call(set, first, "changed".getBytes(UTF_8));
    assertThat(scene.reader.call(get, first)).isEqualTo(Scene.bulk("changed"));
    assertThat(scene.reader.call(get, second)).isEqualTo(Scene.bulk("second"));
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
  void helloIsAnsweredWithTheProtocolItAsksFor() {
    assertThat(scene.writer.call("HELLO")).startsWith("*14\r\n").contains("$5\r\nproto\r\n:2\r\n");
    assertThat(scene.writer.call("HELLO", "3"))
        .startsWith("%7\r\n")
        .contains("$5\r\nproto\r\n:3\r\n");
    assertThat(scene.writer.call("HELLO", "9")).startsWith("-NOPROTO ");
    assertThat(scene.writer.call("HELLO")).startsWith("%7\r\n");
    assertThat(scene.writer.call("HELLO", "2", "SETNAME", "me")).startsWith("*14\r\n");
    assertThat(scene.writer.call("CLIENT", "GETNAME")).isEqualTo(Scene.bulk("me"));
    assertThat(scene.writer.call("RESET")).isEqualTo("+RESET\r\n");
    assertThat(scene.writer.call("CLIENT", "GETNAME")).isIn(NIL, Scene.bulk(""));
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
