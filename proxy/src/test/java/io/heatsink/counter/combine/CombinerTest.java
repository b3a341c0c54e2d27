package io.heatsink.counter.combine;

import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.WriteGuard;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandTable;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.Handling;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakePlace;
import io.heatsink.fake.FakeRedis;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Increments combined and told apart again. */
class CombinerTest {

  private static final String OVERFLOW = "-ERR increment or decrement would overflow\r\n";

  private static final CommandTable TABLE = CommandTable.shipped();

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis);
  private final LaneStats stats = new LaneStats();
  private final WriteGuard guard = new WriteGuard();
  private final Combiner combiner = new Combiner(new FlushQueue(this::atEndOfTurn), stats, guard);

  /** Unless it says so, each command of a test is a turn of the event loop of its own. */
  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

  private boolean inTurn;

  private void atEndOfTurn(Runnable task) {
    if (inTurn) {
      tasks.add(task);
    } else {
      task.run();
    }
  }

  private void endTurn() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  /** As the router does it: what cannot be combined travels as it came. */
  private void send(FakeClient client, String... words) {
    Request request = request(words);
    CommandSpec spec = TABLE.find(request);
    client.next(request, spec, () -> route(client, request(words), spec));
  }

  private void route(FakeClient client, Request request, CommandSpec spec) {
    long hash = request.hash(1);
    boolean counts = spec.handling() == Handling.COUNTER;
    if (!counts || !combiner.increment(client, request, hash)) {
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
  void whatOneTurnBringsTravelsTogether() {
    inTurn = true;
    List<FakeClient> clients = clients(1_000);
    clients.forEach(client -> send(client, "INCR", "n"));
    assertThat(pipe.log()).isEmpty();
    endTurn();
    assertThat(pipe.log()).containsExactly("INCRBY n 1000");
    pipe.settle();
    for (int i = 0; i < clients.size(); i++) {
      assertThat(clients.get(i).reply(0)).isEqualTo(FakeRedis.integer(i + 1));
    }
  }

  /** What has gathered behind a flight leaves with what comes in the turn in which that lands. */
  @Test
  void whatComesWithTheReplyBeforeTravelsWithWhatHasGathered() {
    inTurn = true;
    List<FakeClient> clients = clients(5);
    send(clients.get(0), "INCR", "n");
    endTurn();
    send(clients.get(1), "INCR", "n");
    endTurn();
    pipe.run();
    send(clients.get(2), "INCR", "n");
    pipe.reply();
    send(clients.get(3), "INCR", "n");
    assertThat(pipe.log()).containsExactly("INCR n");
    endTurn();
    assertThat(pipe.log()).containsExactly("INCR n", "INCRBY n 3");
    pipe.settle();
    assertThat(clients.get(3).reply(0)).isEqualTo(":4\r\n");
  }

  @Test
  void whoHasMoreToSendDoesNotWaitForTheTurnsEnd() {
    inTurn = true;
    List<FakeClient> clients = clients(2);
    clients.forEach(client -> send(client, "INCR", "n"));
    send(clients.get(0), "GET", "n");
    assertThat(pipe.log()).containsExactly("INCR n", "GET n");
    endTurn();
    assertThat(pipe.log()).containsExactly("INCR n", "GET n", "INCR n");
  }

  /** What held them in the next flight has been answered, so they may leave it again. */
  @Test
  void whoWasInTheFlightThatHasLandedMayLeaveTheNext() {
    inTurn = true;
    List<FakeClient> clients = clients(2);
    clients.forEach(client -> send(client, "INCR", "n"));
    endTurn();
    clients.forEach(client -> send(client, "INCR", "n"));
    pipe.settle();
    send(clients.get(0), "GET", "n");
    assertThat(clients.get(0).isHeldBack()).isFalse();
    endTurn();
    assertThat(pipe.log()).containsExactly("INCRBY n 2", "INCR n", "GET n", "INCR n");
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
    assertThat(pipe.log()).containsExactly("INCR n", "DECR n", "INCRBY n 5");
    assertThat(clients.get(2).reply(0)).isEqualTo(":5\r\n");
    assertThat(clients.get(3).reply(0)).isEqualTo(":0\r\n");
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

  /** A crowd goes on gathering without one who cannot wait for it. */
  @Test
  void whoHasMoreToSendLeavesTheFlight() {
    List<FakeClient> clients = clients(4);
    clients.forEach(client -> send(client, "INCR", "n"));
    send(clients.get(2), "INCRBY", "n", "5");
    send(clients.get(2), "GET", "n");
    assertThat(pipe.log()).containsExactly("INCR n", "INCR n", "INCRBY n 5", "GET n");
    pipe.settle();
    assertThat(pipe.log()).hasSize(5).endsWith("INCRBY n 2");
    assertThat(clients.get(2).reply(2)).isEqualTo("$1\r\n7\r\n");
    assertThat(clients.get(3).reply(0)).isEqualTo(":9\r\n");
  }

  @Test
  void aFlightThatAllHaveLeftIsNotSent() {
    List<FakeClient> clients = clients(2);
    clients.forEach(client -> send(client, "INCR", "n"));
    send(clients.get(1), "GET", "n");
    pipe.settle();
    send(clients.get(0), "INCR", "n");
    pipe.settle();
    assertThat(pipe.log()).containsExactly("INCR n", "INCR n", "GET n", "INCR n");
    assertThat(clients.get(0).reply(1)).isEqualTo(":3\r\n");
  }

  /** Until it has landed nobody knows whether its members will have to be sent again. */
  @Test
  void whoIsInAFlightOnTheWireWaitsForIt() {
    redis.values().put("n", Long.toString(Long.MAX_VALUE - 2));
    List<FakeClient> clients = clients(3);
    clients.forEach(client -> send(client, "INCR", "n"));
    pipe.run();
    pipe.reply();
    assertThat(pipe.log()).containsExactly("INCR n", "INCRBY n 2");
    send(clients.get(1), "SET", "n", "7");
    assertThat(clients.get(1).isHeldBack()).isTrue();
    pipe.settle();
    assertThat(clients.get(1).reply(0)).isEqualTo(FakeRedis.integer(Long.MAX_VALUE));
    assertThat(clients.get(2).reply(0)).isEqualTo(OVERFLOW);
    clients.get(1).resume();
    assertThat(pipe.log()).endsWith("INCR n", "INCR n", "SET n 7");
  }

  /** The next flight leaves when this one has landed: its increments cannot overtake. */
  @Test
  void whoIsInAFlightOnTheWireMayJoinTheNextButNotLeaveIt() {
    List<FakeClient> clients = clients(3);
    clients.forEach(client -> send(client, "INCR", "n"));
    pipe.run();
    pipe.reply();
    send(clients.get(1), "INCR", "n");
    send(clients.get(1), "INCR", "n");
    send(clients.get(1), "GET", "n");
    assertThat(clients.get(1).isHeldBack()).isTrue();
    pipe.settle();
    clients.get(1).resume();
    pipe.settle();
    assertThat(pipe.log()).containsExactly("INCR n", "INCRBY n 2", "INCRBY n 2", "GET n");
    assertThat(clients.get(1).reply(3)).isEqualTo("$1\r\n5\r\n");
  }

  @Test
  void whoMayNotIncrbyIsAnsweredAllTheSame() {
    redis.forbid("INCRBY");
    List<FakeClient> clients = clients(3);
    clients.forEach(client -> send(client, "INCR", "n"));
    pipe.settle();
    assertThat(clients.get(2).reply(0)).isEqualTo(":3\r\n");
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

  /** Commands of many clients at random, checked against their one-by-one execution. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void repliesAreThoseOfSomeOrder(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    inTurn = seed % 2 == 0;
    FakeRedis model = new FakeRedis();
    List<FakeClient> clients = clients(60);
    for (int step = 0; step < 10_000; step++) {
      int kind = random.nextInt(10);
      if (kind < 4) {
        String[] words = command(random);
        FakeClient client = clients.get(random.nextInt(clients.size()));
        String at = "seed " + seed + ", step " + step + ": " + String.join(" ", words);
        Request request = request(words);
        CommandSpec spec = TABLE.find(request);
        client.next(
            request,
            spec,
            () -> {
              int number = client.places().size();
              route(client, request(words), spec);
              client.last().whenDone(() -> check(client, number, model, words, at));
            });
      } else if (kind < 7) {
        pipe.run();
      } else {
        pipe.reply(random);
      }
      clients.forEach(FakeClient::resume);
      if (random.nextInt(4) == 0) {
        endTurn();
      }
    }
    for (boolean more = true; more; ) {
      endTurn();
      pipe.settle();
      clients.forEach(FakeClient::resume);
      more =
          clients.stream().anyMatch(FakeClient::isHeldBack)
              || pipe.pending() > 0
              || !tasks.isEmpty();
    }
    assertThat(redis.values()).as("seed %d", seed).isEqualTo(model.values());
    clients.forEach(client -> assertThat(client.places()).allMatch(FakePlace::isDone));
    assertThat(stats.combined).as("some were combined").isGreaterThan(200);
  }

  /** Replies come in the order in which Redis ran the commands: each client's own among them. */
  private static void check(
      FakeClient client, int number, FakeRedis model, String[] words, String at) {
    assertThat(client.places().get(number).reply()).as(at).isEqualTo(model.execute(List.of(words)));
    assertThat(client.places().subList(0, number)).as("before " + at).allMatch(FakePlace::isDone);
  }

  /** Near the limits, where the sum of some steps is too large and each alone is not. */
  private static String[] command(SplittableRandom random) {
    String key = "k" + random.nextInt(2);
    return switch (random.nextInt(40)) {
      case 0 -> new String[] {"GET", key};
      case 1 -> new String[] {"SET", key, Long.toString(Long.MAX_VALUE - random.nextInt(9))};
      case 2 -> new String[] {"SET", key, Long.toString(Long.MIN_VALUE + random.nextInt(9))};
      case 3 -> new String[] {"DEL", key};
      default -> increment(random, key);
    };
  }

  private static String[] increment(SplittableRandom random, String key) {
    return switch (random.nextInt(8)) {
      case 0 -> new String[] {"DECR", key};
      case 1 -> new String[] {"DECRBY", key, Integer.toString(random.nextInt(-50, 50))};
      case 2 -> new String[] {"INCRBY", key, Long.toString(random.nextLong() >> 15)};
      case 3 -> new String[] {"INCRBY", key, random.nextBoolean() ? "x" : "01"};
      case 4 -> new String[] {"INCRBY", key, Integer.toString(random.nextInt(-50, 50))};
      default -> new String[] {"INCR", key};
    };
  }

  /** With lost connections: nobody waits for ever, and every acknowledged step has been taken. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void anAcknowledgedStepIsTakenOnce(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    inTurn = seed % 2 == 0;
    List<FakeClient> clients = clients(10);
    for (int step = 0; step < 10_000; step++) {
      int kind = random.nextInt(1_000);
      clients.forEach(FakeClient::resume);
      if (random.nextInt(4) == 0) {
        endTurn();
      }
      if (kind < 500) {
        send(clients.get(random.nextInt(clients.size())), "INCR", "n");
      } else if (kind < 700) {
        pipe.run();
      } else if (kind < 980) {
        pipe.reply(random);
      } else if (kind < 983) {
        endTurn();
        pipe.disconnect();
        endTurn();
        clients.forEach(client -> assertThat(client.places()).allMatch(FakePlace::isDone));
      } else {
        pipe.connect();
      }
    }
    for (boolean more = true; more; more = !tasks.isEmpty()) {
      endTurn();
      pipe.settle();
    }
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
