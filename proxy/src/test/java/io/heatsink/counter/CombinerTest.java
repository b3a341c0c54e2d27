package io.heatsink.counter;

import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.WriteGuard;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakePlace;
import io.heatsink.fake.FakeRedis;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Increments combined and told apart again. */
class CombinerTest {

  private static final String OVERFLOW = "-ERR increment or decrement would overflow\r\n";

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis);
  private final WriteGuard guard = new WriteGuard();
  private final Combiner combiner = new Combiner(new LaneStats(), guard);

  /** As the router does it: what cannot be combined travels as it came. */
  private void send(FakeClient client, String... words) {
    Request request = request(words);
    long hash = request.hash(1);
    if (!combiner.increment(client, request, hash)) {
      client.write(request, guard, hash);
    }
  }

  private List<FakeClient> clients(int count) {
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      clients.add(new FakeClient(pipe));
    }
    return clients;
  }

  @Test
  void oneTravelsAtOnceTheOthersTogether() {
    List<FakeClient> clients = clients(1_000);
    clients.forEach(client -> send(client, "INCR", "n"));
    assertThat(pipe.log()).containsExactly("INCR n");
    assertThat(guard.isQuiet(request("x", "n").hash(1))).isFalse();
    pipe.settle();
    assertThat(pipe.log()).containsExactly("INCR n", "INCRBY n 999");
    for (int i = 0; i < clients.size(); i++) {
      assertThat(clients.get(i).reply(0)).isEqualTo(FakeRedis.integer(i + 1));
    }
    assertThat(guard.isQuiet(request("x", "n").hash(1))).isTrue();
  }

  @Test
  void aGatheredLoneIncrementIsItself() {
    List<FakeClient> clients = clients(2);
    send(clients.get(0), "INCRBY", "n", "5");
    send(clients.get(1), "DECRBY", "n", "3");
    pipe.settle();
    assertThat(pipe.log()).containsExactly("INCRBY n 5", "DECRBY n 3");
    assertThat(clients.get(1).reply(0)).isEqualTo(":2\r\n");
  }

  @Test
  void signsAreNotMixed() {
    List<FakeClient> clients = clients(4);
    send(clients.get(0), "INCR", "n");
    send(clients.get(1), "INCRBY", "n", "5");
    send(clients.get(2), "INCRBY", "n", "0");
    send(clients.get(3), "DECR", "n");
    pipe.settle();
    assertThat(pipe.log()).containsExactly("INCR n", "INCRBY n 5", "DECR n");
    assertThat(clients.get(2).reply(0)).isEqualTo(":6\r\n");
    assertThat(clients.get(3).reply(0)).isEqualTo(":5\r\n");
  }

  /** The smallest long has no absolute value: its sum with others would turn round. */
  @Test
  void theSmallestStepTravelsAlone() {
    List<FakeClient> clients = clients(3);
    send(clients.get(0), "INCRBY", "n", "100");
    send(clients.get(1), "INCRBY", "n", Long.toString(Long.MIN_VALUE));
    send(clients.get(2), "DECR", "n");
    pipe.settle();
    assertThat(clients.get(1).reply(0)).isEqualTo(FakeRedis.integer(100 + Long.MIN_VALUE));
    assertThat(clients.get(2).reply(0)).isEqualTo(FakeRedis.integer(99 + Long.MIN_VALUE));
    assertThat(redis.values()).containsEntry("n", Long.toString(99 + Long.MIN_VALUE));
  }

  @Test
  void errorsAreEachClientsOwn() {
    redis.values().put("n", Long.toString(Long.MAX_VALUE - 6));
    List<FakeClient> clients = clients(5);
    send(clients.get(0), "INCR", "n");
    for (int i = 1; i < 5; i++) {
      send(clients.get(i), "INCRBY", "n", "2");
    }
    pipe.settle();
    assertThat(clients.get(1).reply(0)).isEqualTo(FakeRedis.integer(Long.MAX_VALUE - 3));
    assertThat(clients.get(2).reply(0)).isEqualTo(FakeRedis.integer(Long.MAX_VALUE - 1));
    assertThat(clients.get(3).reply(0)).isEqualTo(OVERFLOW);
    assertThat(clients.get(4).reply(0)).isEqualTo(OVERFLOW);
  }

  @Test
  void wrongTypesAreToldToAll() {
    redis.putList("l");
    redis.values().put("t", "text");
    List<FakeClient> clients = clients(3);
    clients.forEach(client -> send(client, "INCR", "l"));
    clients.forEach(client -> send(client, "INCR", "t"));
    pipe.settle();
    for (FakeClient client : clients) {
      assertThat(client.reply(0)).startsWith("-WRONGTYPE");
      assertThat(client.reply(1)).isEqualTo("-ERR value is not an integer or out of range\r\n");
    }
  }

  /** Sent again after the error, they would count on what the client set in the meantime. */
  @Test
  void aLaterCommandDoesNotOvertakeIncrementsThatFail() {
    redis.values().put("t", "text");
    FakeClient client = new FakeClient(pipe);
    for (int i = 0; i < 3; i++) {
      send(client, "INCR", "t");
    }
    client.write(request("SET", "t", "5"), guard, 3);
    pipe.settle();
    for (int i = 0; i < 3; i++) {
      assertThat(client.reply(i)).startsWith("-ERR value is not an integer");
    }
    assertThat(redis.values()).containsEntry("t", "5");
  }

  /** A client that is told of the failure sends its next increment from within. */
  @Test
  void aFlightThatFailsWhileAClientJoinsIsNotJoined() {
    FakeClient a = new FakeClient(pipe);
    FakeClient b = new FakeClient(pipe);
    FakeClient c = new FakeClient(pipe);
    send(a, "INCR", "x");
    send(a, "INCR", "y");
    send(b, "INCR", "x");
    send(b, "INCR", "x");
    send(c, "INCR", "y");
    b.places().get(0).whenDone(() -> c.write(request("SET", "z", "1"), guard, 3));
    a.places().get(0).whenDone(() -> send(b, "INCR", "y"));
    pipe.disconnect();
    for (FakeClient client : List.of(a, b, c)) {
      assertThat(client.places()).as("everyone is answered").allMatch(FakePlace::isDone);
    }
  }

  /** Increments of many clients at random, checked against their one-by-one execution. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void repliesAreThoseOfTheOrderTaken(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    FakeRedis model = new FakeRedis();
    List<FakeClient> clients = clients(10);
    for (int step = 0; step < 10_000; step++) {
      int kind = random.nextInt(10);
      if (kind < 4) {
        String[] words = increment(random);
        String expected = model.execute(List.of(words));
        FakeClient client = clients.get(random.nextInt(clients.size()));
        send(client, words);
        String at = "seed " + seed + ", step " + step + ": " + String.join(" ", words);
        FakePlace place = client.last();
        place.whenDone(() -> assertThat(place.reply()).as(at).isEqualTo(expected));
      } else if (kind < 7) {
        pipe.run();
      } else {
        pipe.reply(random);
      }
    }
    pipe.settle();
    assertThat(redis.values()).as("seed %d", seed).isEqualTo(model.values());
    clients.forEach(client -> assertThat(client.places()).allMatch(FakePlace::isDone));
    assertThat(pipe.log().size()).as("some were combined").isLessThan(3_900);
  }

  /** One key only: increments of several keys are no flight of each other's. */
  private static String[] increment(SplittableRandom random) {
    int key = random.nextInt(4);
    return switch (random.nextInt(8)) {
      case 0 -> new String[] {"DECR", "k" + key};
      case 1 -> new String[] {"DECRBY", "k" + key, Integer.toString(random.nextInt(-50, 50))};
      case 2 -> new String[] {"INCRBY", "k" + key, Long.toString(random.nextLong() >> 15)};
      case 3 -> new String[] {"INCRBY", "k" + key, random.nextBoolean() ? "x" : "01"};
      case 4 -> new String[] {"INCRBY", "k" + key, Integer.toString(random.nextInt(-50, 50))};
      default -> new String[] {"INCR", "k" + key};
    };
  }

  /** With lost connections: nobody waits for ever, and every acknowledged step has been taken. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void anAcknowledgedStepIsTakenOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<FakeClient> clients = clients(10);
    for (int step = 0; step < 10_000; step++) {
      int kind = random.nextInt(1_000);
      if (kind < 500) {
        send(clients.get(random.nextInt(clients.size())), "INCR", "n");
      } else if (kind < 700) {
        pipe.run();
      } else if (kind < 980) {
        pipe.reply(random);
      } else if (kind < 983) {
        pipe.disconnect();
        clients.forEach(client -> assertThat(client.places()).allMatch(FakePlace::isDone));
      } else {
        pipe.connect();
      }
    }
    pipe.settle();
    List<String> values = new ArrayList<>();
    int unknown = 0;
    for (FakeClient client : clients) {
      for (FakePlace place : client.places()) {
        if (place.isFailed()) {
          unknown += place.reply().contains("may have been run") ? 1 : 0;
        } else {
          values.add(place.reply());
        }
      }
    }
    assertThat(values).as("seed %d: each value once", seed).doesNotHaveDuplicates();
    long last = Long.parseLong(redis.values().getOrDefault("n", "0"));
    assertThat(last)
        .as("seed %d", seed)
        .isBetween((long) values.size(), values.size() + unknown + 0L);
  }
}
