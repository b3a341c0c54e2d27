package io.heatsink.counter;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.WriteGuard;
import io.heatsink.command.CommandTable;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakePlace;
import io.heatsink.fake.FakeRedis;
import io.heatsink.fake.Latin;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counters over shards: what each command answers. */
class SplitCountersTest {

  private static final int SHARDS = 4;
  private static final String NOT_AN_INTEGER = "-ERR value is not an integer or out of range\r\n";

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis);
  private final WriteGuard guard = new WriteGuard();
  private final CommandTable table = CommandTable.shipped();
  private final SplitPolicy policy = new SplitPolicy("n:*", SHARDS, "{key}:{shard}");
  private final SplitCounters splits = new SplitCounters(List.of(policy), new LaneStats(), guard);
  private final FakeClient client = new FakeClient(pipe);

  private void send(FakeClient by, String... words) {
    Request request = request(words);
    splits.handle(by, request, table.find(request), policy);
  }

  private String answer(String... words) {
    send(client, words);
    pipe.settle();
    return client.last().reply();
  }

  @Test
  void shardNames() {
    assertThat(Latin.text(policy.shard(bytes("n:\u00ff"), 3))).isEqualTo("n:\u00ff:3");
    SplitPolicy tagged = new SplitPolicy("*", 2, "{{key}}#{shard}/{x");
    assertThat(Latin.text(tagged.shard(bytes("{key}"), 12))).isEqualTo("{{key}}#12/{x");
  }

  @Test
  void onlyWhatThePatternNamesIsSplit() {
    assertThat(splits.of(request("GET", "n:1"), 1)).isSameAs(policy);
    assertThat(splits.of(request("GET", "m:1"), 1)).isNull();
    assertThat(splits.isEmpty()).isFalse();
    assertThat(new SplitCounters(List.of(), new LaneStats(), guard).isEmpty()).isTrue();
  }

  @Test
  void aCounterIsItsBaseAndAllItsShards() {
    assertThat(answer("GET", "n:1")).isEqualTo("$-1\r\n");
    redis.values().put("n:1", "100");
    redis.values().put("n:1:0", "7");
    redis.values().put("n:1:3", "-2");
    assertThat(answer("GET", "n:1")).isEqualTo("$3\r\n105\r\n");
    assertThat(answer("INCR", "n:1")).isEqualTo(":106\r\n");
    assertThat(answer("DECRBY", "n:1", "6")).isEqualTo(":100\r\n");
    assertThat(answer("EXISTS", "n:1", "n:2", "n:1")).isEqualTo(":2\r\n");
    assertThat(redis.values()).as("the base is not touched").containsEntry("n:1", "100");
    assertThat(answer("SET", "n:1", "5")).isEqualTo("+OK\r\n");
    assertThat(redis.values()).containsOnlyKeys("n:1");
    assertThat(answer("GET", "n:1")).isEqualTo("$1\r\n5\r\n");
    assertThat(answer("INCR", "n:1")).isEqualTo(":6\r\n");
    assertThat(answer("DEL", "n:1", "n:2")).isEqualTo(":1\r\n");
    assertThat(redis.values()).isEmpty();
  }

  @Test
  void mgetMixesPlainKeysAndCounters() {
    redis.values().put("a", "text");
    redis.values().put("n:1", "1");
    redis.values().put("n:1:2", "2");
    redis.putList("n:3");
    assertThat(answer("MGET", "a", "n:1", "n:2", "b", "n:1"))
        .isEqualTo("*5\r\n$4\r\ntext\r\n$1\r\n3\r\n$-1\r\n$-1\r\n$1\r\n3\r\n");
    FakeClient three = new FakeClient(pipe).resp3();
    send(three, "MGET", "n:2");
    send(three, "GET", "n:2");
    pipe.settle();
    assertThat(three.reply(0)).isEqualTo("*1\r\n_\r\n");
    assertThat(three.reply(1)).isEqualTo("_\r\n");
  }

  @Test
  void aBaseThatIsNoNumber() {
    redis.values().put("n:1", "text");
    assertThat(answer("GET", "n:1")).isEqualTo("$4\r\ntext\r\n");
    assertThat(answer("INCR", "n:1")).isEqualTo(NOT_AN_INTEGER);
    assertThat(answer("INCRBY", "n:2", "x")).isEqualTo(NOT_AN_INTEGER);
  }

  @Test
  void whatHasNoMeaningIsRefusedAndSaysWhy() {
    String refused =
        "-ERR Heatsink: 'append' has no meaning on a counter split by pattern 'n:*'; use GET, MGET,"
            + " SET, DEL or the INCR family, or take the pattern out of counters.split\r\n";
    assertThat(answer("APPEND", "n:1", "x")).isEqualTo(refused);
    assertThat(answer("SET", "n:1", "1", "EX", "10")).startsWith("-ERR Heatsink: 'set' has no");
    assertThat(answer("INCRBYFLOAT", "n:1", "1")).startsWith("-ERR Heatsink: 'incrbyfloat' has");
    assertThat(answer("OBJECT", "ENCODING", "n:1")).startsWith("-ERR Heatsink: 'object|encoding'");
    assertThat(pipe.log()).isEmpty();
  }

  @Test
  void concurrentReadsAndIncrementsShareFlights() {
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      clients.add(new FakeClient(pipe));
      send(clients.get(i), "INCR", "n:1");
    }
    for (FakeClient one : clients) {
      send(one, "GET", "n:1");
    }
    pipe.settle();
    assertThat(pipe.log()).hasSize(2 * 2 + 2);
    for (int i = 0; i < 100; i++) {
      assertThat(clients.get(i).reply(0)).isEqualTo(FakeRedis.integer(i + 1));
      // The first read leaves at once; before the second one all increments do.
      assertThat(clients.get(i).reply(1)).isEqualTo(FakeRedis.bulk(i == 0 ? "1" : "100"));
    }
  }

  @Test
  void aLostConnectionIsToldToAll() {
    for (String command : List.of("INCR n:1", "GET n:1", "SET n:1 5", "DEL n:1", "MGET n:1")) {
      FakeClient first = new FakeClient(pipe);
      FakeClient second = new FakeClient(pipe);
      send(first, command.split(" ", -1));
      send(second, command.split(" ", -1));
      pipe.run();
      pipe.disconnect();
      for (FakeClient one : List.of(first, second)) {
        assertThat(one.last().isFailed()).as(command).isTrue();
        assertThat(one.reply(0)).as(command).contains("connection to the backend lost");
      }
      pipe.connect();
    }
  }

  /** Clients that count, set, remove and read two counters one after the other. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void oneByOneItIsAnOrdinaryCounter(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FakeRedis model = new FakeRedis();
    for (int step = 0; step < 3_000; step++) {
      String key = "n:" + random.nextInt(2);
      String[] words =
          switch (random.nextInt(12)) {
            case 0 -> new String[] {"SET", key, Integer.toString(random.nextInt(-9, 9))};
            case 1 -> new String[] {"DEL", "n:0", key};
            case 2 -> new String[] {"EXISTS", key, "n:1"};
            case 3 -> new String[] {"MGET", key, "n:0", "n:1"};
            case 4 -> new String[] {"DECR", key};
            case 5 -> new String[] {"DECRBY", key, Integer.toString(random.nextInt(-9, 9))};
            case 6, 7, 8 -> new String[] {"GET", key};
            default -> new String[] {"INCR", key};
          };
      assertThat(answer(words))
          .as("seed %d, step %d: %s", seed, step, String.join(" ", words))
          .isEqualTo(model.execute(List.of(words)));
    }
  }

  /** Many clients at once: nobody waits, nothing is lost or counted twice. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void totalsAreExact(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      clients.add(new FakeClient(pipe));
    }
    long total = 0;
    for (int step = 0; step < 5_000; step++) {
      int kind = random.nextInt(10);
      FakeClient one = clients.get(random.nextInt(clients.size()));
      if (kind < 3) {
        long by = random.nextInt(-5, 20);
        total += by;
        send(one, "INCRBY", "n:1", Long.toString(by));
      } else if (kind < 5) {
        send(one, "GET", "n:1");
      } else if (kind < 7) {
        pipe.run();
      } else {
        pipe.reply(random);
      }
    }
    pipe.settle();
    clients.forEach(one -> assertThat(one.places()).allMatch(FakePlace::isDone));
    assertThat(answer("GET", "n:1"))
        .as("seed %d", seed)
        .isEqualTo(FakeRedis.bulk(Long.toString(total)));
    assertThat(guard.isQuiet(request("GET", "n:1").hash(1))).isTrue();
  }
}
