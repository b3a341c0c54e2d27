package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the contract promises about hot keys: a write through the proxy is seen by every read after
 * it, whatever kind of write it was; and what must not be answered from memory is not.
 */
class CoherenceIT {

  private static final String NIL = "$-1\r\n";
  private static final String OLD = bulk("old");
  private static final String NEW = bulk("new");
  private static final int REPEATS = 25;

  private static final List<String> PREPARATION =
      List.of(
          "FLUSHALL",
          "SELECT 1",
          "SET k new",
          "SELECT 0",
          "RPUSH list 1 2",
          "SET src new",
          "SET k old");

  private static final String WRONG_TYPE =
      "-WRONGTYPE Operation against a key holding the wrong kind of value\r\n";

  private static HeatsinkFixture heatsink;

  private RawClient writer;
  private RawClient reader;
  private RawClient reader3;

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
    writer = heatsink.client();
    reader = heatsink.client();
    reader3 = heatsink.client3();
    assertThat(writer.call("FLUSHALL")).isEqualTo("+OK\r\n");
  }

  @AfterEach
  void disconnect() {
    writer.close();
    reader.close();
    reader3.close();
  }

  /**
   * A write, as commands separated by {@code ;}, and what a GET of {@code k} says after it. The key
   * held {@code old}; {@code src} holds {@code new}; in database 1 the key holds {@code new}.
   */
  record Write(String commands, String after) {
    List<byte[]> encoded() {
      List<byte[]> encoded = new ArrayList<>();
      for (String command : commands.split(";", -1)) {
        encoded.add(RawClient.encode(command.strip().split(" ", -1)));
      }
      return encoded;
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

  /** The key as every {@link Write} finds it, and hot: answered from memory. */
  private void prepare() {
    for (String command : PREPARATION) {
      assertThat(writer.call(command.split(" ", -1))).doesNotStartWith("-");
    }
    for (int i = 0; i < 3; i++) {
      assertThat(reader.call("GET", "k")).isEqualTo(OLD);
    }
  }

  @ParameterizedTest
  @MethodSource("writes")
  void aWriteIsSeenInItsOwnPipeline(Write write) {
    prepare();
    heatsink.absorb(writer, "k");
    byte[] get = RawClient.encode("GET", "k");
    List<byte[]> pipeline = new ArrayList<>(List.of(get));
    pipeline.addAll(write.encoded());
    pipeline.add(get);
    for (int i = 0; i < REPEATS; i++) {
      prepare();
      List<byte[]> replies = writer.pipeline(pipeline);
      assertThat(text(replies.get(0))).isEqualTo(OLD);
      assertThat(text(replies.get(replies.size() - 1))).as("round %d", i).isEqualTo(write.after());
    }
  }

  @ParameterizedTest
  @MethodSource("writes")
  void anAcknowledgedWriteIsSeenByAll(Write write) {
    prepare();
    heatsink.absorb(reader, "k");
    for (int i = 0; i < REPEATS; i++) {
      prepare();
      // Reads under way while the write is: their late answers must not come back from memory.
      List<byte[]> reads = List.of(RawClient.encode("GET", "k"), RawClient.encode("GET", "k"));
      reader.sendRaw(RawClient.join(reads));
      writer.pipeline(write.encoded());
      reader3.send("GET", "k");
      reader.readReply();
      reader.readReply();
      assertThat(reader.call("GET", "k")).as("round %d", i).isEqualTo(write.after());
      assertThat(writer.call("GET", "k")).as("round %d", i).isEqualTo(write.after());
      String after3 = write.after().equals(NIL) ? "_\r\n" : write.after();
      assertThat(reader3.readText()).as("round %d, RESP3", i).isEqualTo(after3);
    }
  }

  @Test
  void itsOwnExpiryEndsAHotKey() {
    prepare();
    heatsink.absorb(reader, "k");
    String deadline = "redis.call('SET','k','old') return redis.call('PEXPIRE','k',200)";
    for (String[] write :
        List.of(
            new String[] {"SET", "k", "old", "PX", "200"},
            new String[] {"PSETEX", "k", "200", "old"},
            new String[] {"PEXPIRE", "k", "200"},
            new String[] {"EVAL", deadline, "0"})) {
      for (int round = 0; round < 3; round++) {
        writer.call("SET", "k", "old");
        reader.call("GET", "k");
        assertThat(writer.call(write)).doesNotStartWith("-");
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
      String reply = reader.call("GET", "k");
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
    prepare();
    heatsink.absorb(reader, "k");
    assertThat(reader.call("SELECT", "1")).isEqualTo("+OK\r\n");
    heatsink.absorb(reader, "k");
    assertThat(reader.call("GET", "k")).isEqualTo(NEW);
    assertThat(writer.call("GET", "k")).isEqualTo(OLD);
    byte[] get = RawClient.encode("GET", "k");
    List<byte[]> pipeline = new ArrayList<>();
    for (String database : List.of("0", "1", "2", "99", "0")) {
      pipeline.add(RawClient.encode("SELECT", database));
      pipeline.add(get);
    }
    List<String> replies = reader.pipeline(pipeline).stream().map(CoherenceIT::text).toList();
    String outOfRange = "-ERR DB index is out of range\r\n";
    String ok = "+OK\r\n";
    assertThat(replies).containsExactly(ok, OLD, ok, NEW, ok, NIL, outOfRange, NIL, ok, OLD);
  }

  @Test
  void nothingLocalInsideMulti() {
    prepare();
    heatsink.absorb(reader, "k");
    heatsink.redis().call("SET", "k", "new");
    long before = heatsink.redis().calls("get");
    assertThat(writer.call("MULTI")).isEqualTo("+OK\r\n");
    assertThat(writer.call("GET", "k")).isEqualTo("+QUEUED\r\n");
    assertThat(reader.call("GET", "k")).isIn(OLD, NEW);
    assertThat(writer.call("GET", "k")).isEqualTo("+QUEUED\r\n");
    assertThat(writer.call("EXEC")).isEqualTo("*2\r\n" + NEW + NEW);
    assertThat(heatsink.redis().calls("get") - before).isGreaterThanOrEqualTo(2);
    List<byte[]> pipeline = new ArrayList<>();
    for (String command : List.of("GET k", "MULTI", "GET k", "EXEC", "GET k")) {
      pipeline.add(RawClient.encode(command.split(" ", -1)));
    }
    List<String> replies = writer.pipeline(pipeline).stream().map(CoherenceIT::text).toList();
    assertThat(replies.subList(1, 4)).containsExactly("+OK\r\n", "+QUEUED\r\n", "*1\r\n" + NEW);
  }

  @Test
  void aReadUnderWatchComesFromRedis() {
    for (int i = 0; i < REPEATS; i++) {
      prepare();
      heatsink.absorb(reader, "k");
      heatsink.redis().call("SET", "k", "new");
      assertThat(writer.call("WATCH", "k")).isEqualTo("+OK\r\n");
      // Were this the older value, EXEC would succeed and undo a write it never saw.
      assertThat(writer.call("GET", "k")).isEqualTo(NEW);
      assertThat(writer.call("UNWATCH")).isEqualTo("+OK\r\n");
    }
  }

  @Test
  void nothingLocalForASubscriber() {
    prepare();
    heatsink.absorb(reader, "k");
    assertThat(reader.call("SUBSCRIBE", "news")).contains("subscribe");
    assertThat(reader.call("GET", "k")).startsWith("-ERR Can't execute 'get'");
    assertThat(reader.call("UNSUBSCRIBE")).contains("unsubscribe");
    assertThat(reader.call("GET", "k")).isEqualTo(OLD);
    assertThat(reader3.call("SUBSCRIBE", "news")).startsWith(">3\r\n");
    assertThat(reader3.call("GET", "k")).isEqualTo(OLD);
  }

  @Test
  void silencedRepliesStaySilent() {
    prepare();
    heatsink.absorb(reader, "k");
    reader.send("CLIENT", "REPLY", "OFF").send("GET", "k").send("GET", "k");
    assertThat(reader.call("CLIENT", "REPLY", "ON")).isEqualTo("+OK\r\n");
    reader.send("CLIENT", "REPLY", "SKIP").send("GET", "k");
    assertThat(reader.call("PING")).isEqualTo("+PONG\r\n");
    assertThat(reader.call("GET", "k")).isEqualTo(OLD);
  }

  @Test
  void aClientThatTracksIsToldOfAHotKey() {
    prepare();
    heatsink.absorb(reader, "k");
    assertThat(reader3.call("CLIENT", "TRACKING", "ON")).isEqualTo("+OK\r\n");
    assertThat(reader3.call("GET", "k")).isEqualTo(OLD);
    writer.call("SET", "k", "new");
    assertThat(reader3.readText()).isEqualTo(">2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\nk\r\n");
    assertThat(reader3.call("GET", "k")).isEqualTo(NEW);
  }

  @Test
  void keysThatCollideAsTextAreKeptApart() {
    byte[] first = {'k', (byte) 0xff};
    byte[] second = {'k', (byte) 0xfe};
    byte[] set = "SET".getBytes(UTF_8);
    byte[] get = "GET".getBytes(UTF_8);
    writer.call(set, first, "first".getBytes(UTF_8));
    writer.call(set, second, "second".getBytes(UTF_8));
    heatsink.absorb(reader, first);
    heatsink.absorb(reader, second);
    assertThat(reader.call(get, first)).isEqualTo(bulk("first"));
    assertThat(reader.call(get, second)).isEqualTo(bulk("second"));
    writer.call(set, first, "changed".getBytes(UTF_8));
    assertThat(reader.call(get, first)).isEqualTo(bulk("changed"));
    assertThat(reader.call(get, second)).isEqualTo(bulk("second"));
  }

  @Test
  void eachProtocolGetsItsOwnForm() {
    prepare();
    heatsink.absorb(reader, "k");
    byte[] missing = RawClient.encode("GET", "missing");
    List<byte[]> burst = Collections.nCopies(2000, missing);
    for (int round = 0; round < 3; round++) {
      reader.pipeline(burst).forEach(reply -> assertThat(text(reply)).isEqualTo(NIL));
      reader3.pipeline(burst).forEach(reply -> assertThat(text(reply)).isEqualTo("_\r\n"));
      assertThat(reader.call("GET", "k")).isEqualTo(OLD);
      assertThat(reader3.call("GET", "k")).isEqualTo(OLD);
    }
    assertThat(reader3.call("HELLO", "2")).startsWith("*14\r\n").contains("$5\r\nproto\r\n:2\r\n");
    assertThat(reader3.call("GET", "missing")).isEqualTo(NIL);
  }

  @Test
  void helloIsAnsweredWithTheProtocolItAsksFor() {
    assertThat(writer.call("HELLO")).startsWith("*14\r\n").contains("$5\r\nproto\r\n:2\r\n");
    assertThat(writer.call("HELLO", "3")).startsWith("%7\r\n").contains("$5\r\nproto\r\n:3\r\n");
    assertThat(writer.call("HELLO", "9")).startsWith("-NOPROTO ");
    assertThat(writer.call("HELLO")).startsWith("%7\r\n");
    assertThat(writer.call("HELLO", "2", "SETNAME", "me")).startsWith("*14\r\n");
    assertThat(writer.call("CLIENT", "GETNAME")).isEqualTo(bulk("me"));
    assertThat(writer.call("RESET")).isEqualTo("+RESET\r\n");
    assertThat(writer.call("CLIENT", "GETNAME")).isIn(NIL, bulk(""));
  }

  @Test
  void aFunctionThatWritesIsSeen() {
    assumeTrue(heatsink.redis().isAtLeast(7, 0), "functions came with Redis 7.0");
    prepare();
    heatsink.absorb(reader, "k");
    String code =
        "#!lua name=lib\nredis.register_function('put', function(keys, args)"
            + " return redis.call('SET', 'k', args[1]) end)";
    assertThat(writer.call("FUNCTION", "LOAD", "REPLACE", code)).isEqualTo(bulk("lib"));
    for (int i = 0; i < REPEATS; i++) {
      prepare();
      assertThat(writer.call("FCALL", "put", "0", "new")).isEqualTo("+OK\r\n");
      assertThat(reader.call("GET", "k")).isEqualTo(NEW);
    }
  }

  private static String text(byte[] reply) {
    return new String(reply, ISO_8859_1);
  }

  private static String bulk(String value) {
    return "$" + value.length() + "\r\n" + value + "\r\n";
  }
}
