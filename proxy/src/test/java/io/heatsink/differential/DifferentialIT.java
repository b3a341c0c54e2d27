package io.heatsink.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.differential.Performance.Failure;
import io.heatsink.testkit.RedisBinary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Random conversations over the whole command table are answered as by Redis, byte for byte, with
 * near cache, coalescing and combining on and every key hot; and the data are the same afterwards.
 *
 * <p>{@code -Dheatsink.seed=N} holds the one conversation that a failure names, {@code
 * -Dheatsink.commands=N} makes the run longer.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class DifferentialIT {

  private static final int COMMANDS = Integer.getInteger("heatsink.commands", 150_000);
  private static final int LENGTH = 700;
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SHRINKING_PATIENCE = Duration.ofSeconds(2);
  private static final Duration SHRINK_WITHIN = Duration.ofSeconds(90);
  private static final int TRIES = 3;

  @Test
  void theRedisAtHand() throws IOException {
    hold(RedisBinary.server(), 1, COMMANDS);
  }

  @Test
  void onTwoLanes() throws IOException {
    hold(RedisBinary.server(), 2, COMMANDS / 3);
  }

  /** The oldest release that is tested, without {@code COMMAND DOCS}. */
  @Test
  void theRedisInTheTestKit() throws IOException {
    hold(RedisBinary.bundledServer(), 1, COMMANDS / 5);
  }

  private static void hold(Path binary, int lanes, int commands) {
    Long given = Long.getLong("heatsink.seed");
    long seed = given != null ? given : System.nanoTime();
    System.out.println("differential: conversations from -Dheatsink.seed=" + seed);
    try (Twins twins = Twins.start(binary, lanes)) {
      Catalog catalog = Catalog.of(twins.plain());
      Author author = new Author(catalog);
      int held = 0;
      while (held < commands) {
        Script script = author.write(seed, LENGTH);
        Failure failure = Performance.of(script, twins, catalog, PATIENCE);
        if (!failure.what().isEmpty()) {
          throw new AssertionError(report(script, failure, twins, catalog));
        }
        held += script.steps().size();
        seed++;
        if (given != null) {
          return;
        }
      }
      System.out.println(
          "differential: %d commands, all %d of the table".formatted(held, author.sayable()));
      assertThat(author.unsaid()).as("commands that were never said").isEmpty();
      for (String remedy : List.of("cache_hits_total", "coalesced_total", "combined_total")) {
        double times = twins.heatsink().metric("heatsink_" + remedy);
        assertThat(times).as(remedy).isGreaterThan(held / 2000.0);
      }
    }
  }

  private static String report(Script script, Failure failure, Twins twins, Catalog catalog) {
    Script shrunk = new Shrinker(s -> fails(s, twins, catalog), SHRINK_WITHIN).shrink(script);
    Failure last = Performance.of(shrunk, twins, catalog, SHRINKING_PATIENCE);
    String again = last.what().isEmpty() ? "(not every time)" : last.what();
    return "-Dheatsink.seed=%d, near command %d\n%s\n\nshrunk to %d commands:\n\n%s%s"
        .formatted(
            script.seed(), failure.step(), failure.what(), shrunk.steps().size(), shrunk, again);
  }

  /** What depends on the moment as well is given a second and a third chance to fail. */
  private static boolean fails(Script script, Twins twins, Catalog catalog) {
    for (int i = 0; i < TRIES; i++) {
      if (!Performance.of(script, twins, catalog, SHRINKING_PATIENCE).what().isEmpty()) {
        return true;
      }
    }
    return false;
  }
}
