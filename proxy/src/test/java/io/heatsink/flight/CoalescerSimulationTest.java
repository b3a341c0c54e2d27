package io.heatsink.flight;

import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakePlace;
import io.heatsink.fake.FakeRedis;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that read and write through a coalescer at random, with replies that come late, in parts
 * or not at all. Every value written is larger than those before it, so a reply tells its age.
 */
class CoalescerSimulationTest {

  private static final int STEPS = 20_000;
  private static final int KEYS = 3;

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis);
  private final Coalescer coalescer = new Coalescer(new LaneStats());
  private final Map<String, Long> acknowledged = new HashMap<>();
  private final List<FakeClient> clients = new ArrayList<>();
  private final Map<FakeClient, Map<String, Long>> seen = new HashMap<>();
  private long written;
  private int answered;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void noReadIsOlderThanItsStart(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 12; i++) {
      clients.add(new FakeClient(pipe));
    }
    for (int step = 0; step < STEPS; step++) {
      String at = "seed " + seed + ", step " + step;
      int kind = random.nextInt(100);
      if (kind < 40) {
        read(clients.get(random.nextInt(clients.size())), key(random), at, random);
      } else if (kind < 50) {
        write(clients.get(random.nextInt(clients.size())), key(random), at);
      } else if (kind < 72) {
        pipe.run();
      } else if (kind < 98) {
        pipe.reply(random);
      } else if (random.nextInt(20) == 0) {
        pipe.disconnect();
        assertNobodyWaits(at);
      } else {
        pipe.connect();
      }
    }
    pipe.settle();
    assertNobodyWaits("seed " + seed + ", at the end");
    assertThat(answered).as("seed %d", seed).isGreaterThan(STEPS / 10);
  }

  private static String key(SplittableRandom random) {
    return "k" + random.nextInt(KEYS);
  }

  private void read(FakeClient client, String key, String at, SplittableRandom random) {
    long floor = acknowledged.getOrDefault(key, 0L);
    Request request = request("GET", key);
    coalescer.read(client, request, random.nextInt(4) == 0 ? 7 : 8, null);
    FakePlace place = client.last();
    boolean again = random.nextInt(10) == 0;
    Runnable check =
        () -> {
          checkRead(client, place, key, floor, at);
          if (again) {
            read(client, key(random), at + ", again", random);
          }
        };
    if (place.isDone()) {
      checkRead(client, place, key, floor, at);
    } else {
      place.whenDone(check);
    }
  }

  private void checkRead(FakeClient client, FakePlace place, String key, long floor, String at) {
    if (place.isFailed()) {
      return;
    }
    answered++;
    String reply = place.reply();
    long value = reply.startsWith("$-1") ? 0 : Long.parseLong(reply.split("\r\n", -1)[1]);
    assertThat(value).as("%s: %s", at, key).isBetween(floor, written);
    Long before = seen(client).put(key, value);
    assertThat(before == null || before <= value)
        .as("%s: %s went back from %d to %d for one client", at, key, before, value)
        .isTrue();
  }

  private Map<String, Long> seen(FakeClient client) {
    return seen.computeIfAbsent(client, c -> new HashMap<>());
  }

  private void write(FakeClient client, String key, String at) {
    long value = ++written;
    client.forward(request("SET", key, Long.toString(value)));
    FakePlace place = client.last();
    place.whenDone(
        () -> {
          if (!place.isFailed()) {
            assertThat(place.reply()).as(at).isEqualTo("+OK\r\n");
            acknowledged.merge(key, value, Math::max);
            seen(client).merge(key, value, Math::max);
          }
        });
  }

  private void assertNobodyWaits(String at) {
    for (FakeClient client : clients) {
      assertThat(client.places()).as(at).allMatch(FakePlace::isDone);
      client.places().clear();
    }
  }
}
