package io.heatsink.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What clients of two Heatsinks see of hot registers keeps the promises of each level, whatever
 * goes wrong meanwhile. A fault prints its seed; {@code -Dheatsink.hunt.seed=…} begins there, and
 * {@code -Dheatsink.hunt.seconds=…} hunts for longer.
 */
class HistoriesIT {

  private static final long FIRST_SEED = Long.getLong("heatsink.hunt.seed", 1);
  private static final Duration TIME =
      Duration.ofSeconds(Long.getLong("heatsink.hunt.seconds", 20));

  @ParameterizedTest
  @EnumSource
  void everyHistoryKeepsThePromises(Setup setup) throws Exception {
    long end = System.nanoTime() + TIME.toNanos();
    try (Hunt hunt = new Hunt(setup)) {
      long seed = FIRST_SEED;
      while (System.nanoTime() < end || seed < FIRST_SEED + Hunt.SEEDS / 2) {
        assertThat(hunt.round(seed++)).isNull();
      }
      System.out.printf(
          "%s: %d histories, %d operations, %.0f of them hits, %.0f by replicas%n",
          setup,
          (seed - FIRST_SEED) * World.KEYS.size(),
          hunt.operations(),
          hunt.hits(),
          hunt.replicaReads());
      assertThat(hunt.hits() > hunt.operations() / 200.0).isEqualTo(setup.caches());
      assertThat(hunt.replicaReads() > hunt.operations() / 10.0).isEqualTo(setup.hasReplica());
    }
  }
}
