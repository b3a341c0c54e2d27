package io.heatsink.cache;

import static io.heatsink.fake.Latin.bytes;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.LaneClock;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeys;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakePlace;
import io.heatsink.fake.FakeRedis;
import io.heatsink.flight.Coalescer;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Policies;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three lanes with one near cache, whose clients read and write the same hot keys at random, as
 * does somebody who bypasses them; every write increments, so an answer tells its age. News of
 * changes comes late, and out of step with the replies.
 */
class NearCacheSimulationTest {

  private static final int STEPS = 20_000;
  private static final int KEYS = 4;
  private static final long FOREVER = Long.MAX_VALUE / 4;

  /** One lane: its pipe, its flights, its clients. */
  private final class Lane {
    final FakePipe pipe = new FakePipe(redis).tracked();
    final Coalescer coalescer = new Coalescer(stats);
    final CacheReader reader = cache.newReader(hotKeys);
    final Filler filler =
        new Filler(cache, guard, reader, new LanePolicies(Policies.NONE), clock, stats);
    final List<FakeClient> clients = new ArrayList<>();

    Lane() {
      for (int i = 0; i < 3; i++) {
        clients.add(new FakeClient(pipe));
      }
    }
  }

  private final FakeRedis redis = new FakeRedis();
  private final LaneStats stats = new LaneStats();
  private final LaneClock clock = new LaneClock();
  private final WriteGuard guard = new WriteGuard();
  private final HotKeys hotKeys =
      new HotKeys(new DetectorSettings(1e6, 0.5, 1, 1, Duration.ofSeconds(1)));
  private final NearCache cache =
      new NearCache(new CachePolicy(1 << 20, 1_000, FOREVER, FOREVER, 0, 10), guard);
  private final Lane[] lanes = {new Lane(), new Lane(), new Lane()};
  private final Map<String, Long> acknowledged = new HashMap<>();
  private final Map<FakeClient, Map<String, List<Write>>> own = new HashMap<>();
  private int hits;

  private static long hash(String key) {
    // Two of the keys share one hash.
    return key.equals("k1") ? hash("k0") : KeyHash.of(bytes(key));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nothingOlderThanAnAcknowledgedWriteIsServed(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int step = 0; step < STEPS; step++) {
      String at = "seed " + seed + ", step " + step;
      Lane lane = lanes[random.nextInt(lanes.length)];
      FakeClient client = lane.clients.get(random.nextInt(lane.clients.size()));
      String key = "k" + random.nextInt(KEYS);
      int kind = random.nextInt(200);
      if (kind < 70) {
        read(lane, client, key, at);
      } else if (kind < 78 && step % 1_000 < 300) {
        write(client, key);
      } else if (kind == 78 && step % 1_000 < 300) {
        script(client);
      } else if (kind < 130) {
        lane.pipe.run();
      } else if (kind < 190) {
        lane.pipe.reply(random);
      } else if (kind < 193) {
        if (step % 1_000 < 300) {
          redis.runs(null);
          redis.execute(List.of("INCR", key));
        }
      } else if (kind < 198) {
        String changed = redis.nextNews();
        if (changed != null) {
          guard.changed(hash(changed));
        }
      } else if (random.nextInt(10) == 0) {
        lane.pipe.disconnect();
      } else {
        lane.pipe.connect();
      }
    }
    settle(seed);
  }

  /** When all is quiet, and all news has come, every answer is what Redis says. */
  private void settle(long seed) {
    for (Lane lane : lanes) {
      lane.pipe.settle();
      lane.clients.forEach(one -> assertThat(one.places()).allMatch(FakePlace::isDone));
    }
    for (String key = redis.nextNews(); key != null; key = redis.nextNews()) {
      guard.changed(hash(key));
    }
    for (int i = 0; i < KEYS; i++) {
      String key = "k" + i;
      assertThat(guard.isQuiet(hash(key))).as("seed %d: every write has ended", seed).isTrue();
      for (Lane lane : lanes) {
        Entry entry = lane.reader.find(hash(key), request("GET", key), 1, 0, 1, clock.nowNanos());
        if (entry != null) {
          assertThat(NearCacheTest.text(entry, false))
              .as("seed %d: %s is up to date", seed, key)
              .isEqualTo(redis.execute(List.of("GET", key)));
        }
      }
    }
    assertThat(hits).as("seed %d: the cache is used", seed).isGreaterThan(STEPS / 100);
  }

  /** A write under way, and the reads that its own client has begun since. */
  private static final class Write {
    private final List<LongConsumer> readers = new ArrayList<>();
  }

  private void read(Lane lane, FakeClient client, String key, String at) {
    long floor = acknowledged.getOrDefault(key, 0L);
    List<Write> mine = List.copyOf(own(client, key));
    Request request = request("GET", key);
    Entry entry = lane.reader.find(hash(key), request, 1, 0, 1, clock.nowNanos());
    if (entry != null) {
      hits++;
      check(NearCacheTest.text(entry, false), floor, mine, at + ", hit of " + key);
      return;
    }
    lane.coalescer.read(client, request, hash(key), lane.filler);
    FakePlace place = client.last();
    Runnable check =
        () -> {
          if (!place.isFailed()) {
            check(place.reply(), floor, mine, at + ", read of " + key);
          }
        };
    if (place.isDone()) {
      check.run();
    } else {
      place.whenDone(check);
    }
  }

  private List<Write> own(FakeClient client, String key) {
    return own.computeIfAbsent(client, c -> new HashMap<>())
        .computeIfAbsent(key, k -> new ArrayList<>());
  }

  private static void check(String reply, long floor, List<Write> mine, String at) {
    long value = reply.startsWith("$-1") ? 0 : Long.parseLong(reply.split("\r\n", -1)[1]);
    assertThat(value).as(at).isGreaterThanOrEqualTo(floor);
    for (Write write : mine) {
      write.readers.add(
          wrote -> assertThat(value).as("%s: own write", at).isGreaterThanOrEqualTo(wrote));
    }
  }

  private void write(FakeClient client, String key) {
    client.write(request("INCR", key), guard, hash(key));
    Write write = new Write();
    own(client, key).add(write);
    FakePlace place = client.last();
    Runnable ended =
        () -> {
          own(client, key).remove(write);
          if (!place.isFailed()) {
            String reply = place.reply();
            long value = Long.parseLong(reply.substring(1, reply.length() - 2));
            acknowledged.merge(key, value, Math::max);
            write.readers.forEach(reader -> reader.accept(value));
          }
        };
    if (place.isDone()) {
      ended.run();
    } else {
      place.whenDone(ended);
    }
  }

  /** A script that changes keys it does not name; its reply tells what it has made of them. */
  private void script(FakeClient client) {
    client.write(request("EVAL", "all", "0"), guard);
    FakePlace place = client.last();
    place.whenDone(
        () -> {
          if (!place.isFailed()) {
            String[] parts = place.reply().split("\r\n", -1);
            for (String pair : parts[1].split(",", -1)) {
              int equals = pair.indexOf('=');
              if (equals > 0) {
                long value = Long.parseLong(pair.substring(equals + 1));
                acknowledged.merge(pair.substring(0, equals), value, Math::max);
              }
            }
          }
        });
  }
}
