package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.Heatsink;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import io.heatsink.history.Checker;
import io.heatsink.history.Counting;
import io.heatsink.history.CountingChecker;
import io.heatsink.history.Level;
import io.heatsink.history.Operation;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.TestConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What clients see of a counter with exact replies that is split and folded meanwhile. */
class SplitHistoriesIT {

  private static final int CLIENTS = 6;
  private static final int STEPS = 60;
  private static final int ROUNDS = 10;

  /** More would be steps that do not travel together. */
  private static final int POWERS = 48;

  private static RedisCluster cluster;
  private static Heatsink one;
  private static Heatsink two;

  @BeforeAll
  static void start() {
    cluster = RedisCluster.start(3, 0);
    HeatsinkConfig config =
        TestConfig.beforeCluster(cluster.ports())
            .split("c:*", 10, When.ALWAYS, Reply.EXACT, Duration.ZERO, Duration.ofSeconds(60))
            .build();
    one = Heatsink.start(config);
    two = Heatsink.start(config);
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    cluster.close();
  }

  /** All who count come through one: each number is given once, as by one key. */
  @Test
  void throughOneHeatsinkItIsOneSequence() throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      List<Operation> history = play("c:one:" + round, round, List.of(one), () -> 1);
      assertThat(Checker.fault(history, Level.COALESCED)).as("round %d", round).isNull();
    }
  }

  /** A number may be given twice then, but is the total of a moment in between. */
  @Test
  void throughTwoEachNumberIsATotalThatThereWas() throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      List<Operation> history = play("c:two:" + round, round, List.of(one, two), () -> 1);
      assertThat(CountingChecker.faultOfOnes(countings(history, each -> 1)))
          .as("round %d", round)
          .isNull();
    }
  }

  /** Each step is another power of two, so each total tells which steps were taken before it. */
  @Test
  void throughTwoEachTotalHasTheStepsBeforeItAndNoOther() throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      AtomicInteger bits = new AtomicInteger();
      LongSupplier powers =
          () -> {
            int bit = bits.getAndIncrement();
            return bit < POWERS ? 1L << bit : 0;
          };
      List<Operation> history = play("c:all:" + round, round, List.of(one, two), powers);
      assertThat(CountingChecker.faultOfPowers(countings(history, SplitHistoriesIT::step)))
          .as("round %d", round)
          .isNull();
    }
  }

  private static long step(Operation write) {
    return Long.parseLong(write.command().substring("INCRBY ".length()));
  }

  private static List<Counting> countings(List<Operation> history, ToLongFunction<Operation> step) {
    return history.stream()
        .map(
            each ->
                new Counting(
                    each.isWrite() ? step.applyAsLong(each) : 0,
                    each.value(),
                    each.invokedNanos(),
                    each.returnedNanos()))
        .toList();
  }

  private static List<Operation> play(String key, long seed, List<Heatsink> by, LongSupplier steps)
      throws InterruptedException {
    ConcurrentLinkedQueue<Operation> history = new ConcurrentLinkedQueue<>();
    SplittableRandom random = new SplittableRandom(seed);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      SplittableRandom own = random.split();
      Heatsink via = by.get(i % by.size());
      threads.add(new Thread(() -> client(key, number, via, own, steps, history), "history-" + i));
    }
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(history).hasSizeGreaterThan(CLIENTS * STEPS / 2);
    return List.copyOf(history);
  }

  private static void client(
      String key,
      int number,
      Heatsink via,
      SplittableRandom random,
      LongSupplier steps,
      ConcurrentLinkedQueue<Operation> history) {
    try (RawClient client = RawClient.connect(via.address())) {
      for (int i = 0; i < STEPS; i++) {
        if (random.nextInt(30) == 0) {
          client.call("HEATSINK", "FOLD", key);
          continue;
        }
        long step = random.nextBoolean() ? steps.getAsLong() : 0;
        long invoked = System.nanoTime();
        String reply =
            step == 0 ? client.call("GET", key) : client.call("INCRBY", key, Long.toString(step));
        long returned = System.nanoTime();
        history.add(
            new Operation(
                number,
                i,
                Operation.DIRECT,
                step != 0,
                value(reply),
                invoked,
                returned,
                step == 0 ? "GET" : "INCRBY " + step));
      }
    }
  }

  private static long value(String reply) {
    if (reply.equals("$-1\r\n")) {
      return Operation.ABSENT;
    }
    String[] lines = reply.split("\r\n", -1);
    return Long.parseLong(reply.startsWith(":") ? lines[0].substring(1) : lines[1]);
  }
}
