package io.heatsink.it;

import static io.heatsink.it.Scene.NEW;
import static io.heatsink.it.Scene.NIL;
import static io.heatsink.it.Scene.OLD;
import static io.heatsink.it.Scene.bulk;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A write through the proxy is seen by every read after it, whatever kind of write it was: in its
 * own pipeline, and once it is acknowledged by everybody.
 */
class CoherenceIT {

  private static final int REPEATS = 25;
  private static final String WRONG_TYPE =
      "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

  private static HeatsinkFixture heatsink;

  private Scene scene;

  @BeforeAll
  static void startHeatsink() {
    heatsink = HeatsinkFixture.start();
  }

  @AfterAll
  static void stopHeatsink() {
    heatsink.close();
  }

  @BeforeEach
  void connect() {
    scene = new Scene(heatsink);
  }

  @AfterEach
  void disconnect() {
    scene.close();
  }

  /** A write, as commands separated by {@code ;}, and what a GET of {@code k} says after it. */
  record Write(String commands, String after) {
    String[] words() {
      return commands.split(" *; *", -1);
    }

    @Override
    public String toString() {
      return commands;
    }
  }

  static Stream<Write> writes() {
    return Stream.of(
        new Write("SET k new", NEW),
        new Write("sEt k new", NEW),
        new Write("SET k new EX 100", NEW),
        new Write("SETEX k 100 new", NEW),
        new Write("GETSET k new", NEW),
        new Write("DEL k", NIL),
        new Write("UNLINK other k", NIL),
        new Write("GETDEL k", NIL),
        new Write("APPEND k er", bulk("older")),
        new Write("SETRANGE k 0 b", bulk("bld")),
        new Write("MSET other 1 k new", NEW),
        new Write("RENAME src k", NEW),
        new Write("RENAME k other", NIL),
        new Write("COPY src k REPLACE", NEW),
        new Write("MOVE k 5", NIL),
        new Write("EXPIRE k 0", NIL),
        new Write("PEXPIRE k -1", NIL),
        new Write("EXPIREAT k 1", NIL),
        new Write("GETEX k PXAT 1", NIL),
        new Write("BITOP OR k src src", NEW),
        new Write("DEL k; INCRBY k 5", bulk("5")),
        new Write("SORT list STORE k", WRONG_TYPE),
        new Write("DEL k; LPUSH k a", WRONG_TYPE),
        new Write("EVAL redis.call('SET',KEYS[1],ARGV[1]) 1 k new", NEW),
        new Write("EVAL redis.call('SET','k',ARGV[1]) 0 new", NEW),
        new Write("EVAL redis.call('DEL','k') 1 other", NIL),
        new Write("MULTI; SET k new; EXEC", NEW),
        new Write("MULTI; SET k lost; DISCARD", OLD),
        new Write("MULTI; SET k lost; NOSUCH; EXEC", OLD),
        new Write("MULTI; EVAL redis.call('SET','k','new') 0; EXEC", NEW),
        new Write("MULTI; FLUSHALL; EXEC", NIL),
        new Write("WATCH k; MULTI; SET k new; EXEC", NEW),
        new Write("FLUSHALL", NIL),
        new Write("FLUSHDB", NIL),
        new Write("FLUSHALL ASYNC", NIL),
        new Write("SWAPDB 0 1", NEW),
        new Write("SELECT 1; SWAPDB 1 0; SELECT 0", NEW),
        new Write("SELECT 1; SET k elsewhere; SELECT 0", OLD),
        new Write("SELECT 1; MOVE k 0; SELECT 0", OLD),
        new Write("SELECT 1; COPY k k DB 0 REPLACE; SELECT 0", NEW),
        new Write("SELECT 1; FLUSHALL; SELECT 0", NIL),
        new Write("SELECT 1; FLUSHDB; SELECT 0", OLD));
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aWriteIsSeenInItsOwnPipeline(Write write) {
    scene.hot();
    List<String> commands = new ArrayList<>(List.of("GET k"));
    commands.addAll(List.of(write.words()));
    commands.add("GET k");
    String[] pipeline = commands.toArray(new String[0]);
    for (int i = 0; i < REPEATS; i++) {
      scene.prepare();
      List<String> replies = Scene.pipeline(scene.writer, pipeline);
      assertThat(replies.get(0)).isEqualTo(OLD);
      String last = replies.get(replies.size() - 1);
      assertThat(last).as("round %d: %s", i, replies).isEqualTo(write.after());
    }
  }

  @ParameterizedTest
  @MethodSource("writes")
  void anAcknowledgedWriteIsSeenByAll(Write write) {
    scene.hot();
    for (int i = 0; i < REPEATS; i++) {
      scene.prepare();
      // Reads under way while the write is: their late answers must not come back from memory.
      scene.reader.send("GET", "k").send("GET", "k");
      Scene.pipeline(scene.writer, write.words());
      scene.reader3.send("GET", "k");
      scene.reader.readReply();
      scene.reader.readReply();
      assertThat(scene.reader.call("GET", "k")).as("round %d", i).isEqualTo(write.after());
      assertThat(scene.writer.call("GET", "k")).as("round %d", i).isEqualTo(write.after());
      String after3 = write.after().equals(NIL) ? "_\r\n" : write.after();
      assertThat(scene.reader3.readText()).as("round %d, RESP3", i).isEqualTo(after3);
    }
  }
}
