package io.heatsink.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Who is let in: by rate, whatever else is asked for. */
class DoorkeeperTest {

  private static final long SEED = 20261124;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final SplittableRandom random = new SplittableRandom(SEED);
  private final Doorkeeper doorkeeper = new Doorkeeper(10, SEED);

  /** Reads one key at even times for thirty seconds; how many of the reads were let pass. */
  private int passed(double readsPerSecond) {
    long hash = random.nextLong();
    int passed = 0;
    for (long i = 0; i < 30 * readsPerSecond; i++) {
      passed += doorkeeper.admits(hash, (long) (i * SECOND / readsPerSecond)) ? 1 : 0;
    }
    return passed;
  }

  private int keysLetIn(double readsPerSecond) {
    int letIn = 0;
    for (int key = 0; key < 1_000; key++) {
      letIn += passed(readsPerSecond) > 0 ? 1 : 0;
    }
    return letIn;
  }

  @Test
  void whatIsReadOftenPasses() {
    assertThat(keysLetIn(20)).isGreaterThan(990);
    assertThat(keysLetIn(10)).isGreaterThan(900);
  }

  @Test
  void whatIsReadSeldomDoesNot() {
    assertThat(keysLetIn(0.5)).isLessThan(30);
    assertThat(keysLetIn(0.1)).isZero();
  }

  /** Nearly every one of so many keys is read once in its window: none of them is worth keeping. */
  @Test
  void aFloodOfKeysLetsHardlyAnythingPass() {
    int passed = 0;
    for (int i = 0; i < 2_000_000; i++) {
      long hash = random.nextInt(1_000_000) * 0x9e3779b97f4a7c15L;
      passed += doorkeeper.admits(hash, i * SECOND / 200_000) ? 1 : 0;
    }
    assertThat(passed).as("of 2,000,000").isLessThan(20_000);
  }
}
