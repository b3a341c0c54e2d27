package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.Heatsink;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.config.HeatsinkConfig.SplitCounter.Reply;
import io.heatsink.config.HeatsinkConfig.SplitCounter.When;
import io.heatsink.history.Checker;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What clients see of a counter with exact replies that is split and folded meanwhile. */
class SplitHistoriesIT {

  private static final int CLIENTS = 6;
  private static final int STEPS = 60;
  private static final int ROUNDS = 10;

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
      List<Operation> history = play("c:one:" + round, round, List.of(one));
      assertThat(Checker.fault(history, Level.COALESCED)).as("round %d", round).isNull();
    }
  }

  /** A number may be given twice then, but is the total of a moment in between. */
  @Test
  void throughTwoEachNumberIsATotalThatThereWas() throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      List<Operation> history = play("c:two:" + round, round, List.of(one, two));
      for (Operation each : history) {
        long least =
            history.stream().filter(o -> isBefore(o, each)).filter(Operation::isWrite).count();
        long most = history.stream().filter(o -> o.isWrite() && !isBefore(each, o)).count();
        assertThat(each.value())
            .as("round %d: %s", round, each)
            .isBetween(least + (each.isWrite() ? 1 : 0), most);
        for (Operation later : history) {
          if (isBefore(each, later)) {
            assertThat(later.value())
                .as("round %d: %s after %s", round, later, each)
                .isGreaterThanOrEqualTo(each.value() + (later.isWrite() ? 1 : 0));
          }
        }
      }
    }
  }

  private static boolean isBefore(Operation one, Operation other) {
    return one.returnedNanos() - other.invokedNanos() < 0;
  }

  private static List<Operation> play(String key, long seed, List<Heatsink> by)
      throws InterruptedException {
    ConcurrentLinkedQueue<Operation> history = new ConcurrentLinkedQueue<>();
    SplittableRandom random = new SplittableRandom(seed);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      int number = i;
      SplittableRandom own = random.split();
      Heatsink via = by.get(i % by.size());
      threads.add(new Thread(() -> client(key, number, via, own, history), "history-" + i));
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
      ConcurrentLinkedQueue<Operation> history) {
    try (RawClient client = RawClient.connect(via.address())) {
      for (int i = 0; i < STEPS; i++) {
        if (random.nextInt(30) == 0) {
          client.call("HEATSINK", "FOLD", key);
          continue;
        }
        boolean writes = random.nextBoolean();
        long invoked = System.nanoTime();
        String reply = client.call(writes ? "INCR" : "GET", key);
        long returned = System.nanoTime();
        long value =
            reply.equals("$-1\r\n")
                ? Operation.ABSENT
                : Long.parseLong(reply.split("\r\n", -1)[writes ? 0 : 1].replace(":", ""));
        history.add(
            new Operation(
                number,
                i,
                Operation.DIRECT,
                writes,
                value,
                invoked,
                returned,
                writes ? "INCR" : "GET"));
      }
    }
  }
}
