package io.heatsink.benchmarks.load.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** By the default settings: hot from 1,000 a second, or 1 % if at least 100 a second; TTL 1 s. */
final class KnowledgeTest {

  private final Knowledge knowledge = new Knowledge();

  @Test
  void theThresholdFollowsTheTraffic() {
    assertThat(knowledge.keptRate(1_000)).isEqualTo(100);
    assertThat(knowledge.keptRate(50_000)).isEqualTo(500);
    assertThat(knowledge.keptRate(500_000)).isEqualTo(1_000);
  }

  @Test
  void oneHotKeyMissesOnceInItsTtl() {
    Popularity one = Popularity.of(Load.parse("hot-p1"), 1, null);
    assertThat(knowledge.absorbed(one, 1_024, 999)).isCloseTo(0.999, within(1e-9));
    assertThat(knowledge.absorbed(one, 1_024, 99)).isZero();
    assertThat(knowledge.absorbed(one, 1 << 20, 999)).isZero();
  }

  @Test
  void aKeyThatIsWrittenMissesAfterEachWrite() {
    // 900 reads and 100 writes a second: an entry lives for 10 ms, 9 reads are answered, 1 fills.
    Popularity mixed = new Popularity(new double[] {0.9}, new double[] {0.1});
    assertThat(knowledge.absorbed(mixed, 100, 1_000)).isCloseTo(0.9, within(1e-4));
  }

  @Test
  void coldKeysAreNotAbsorbed() {
    Popularity zipf = Popularity.of(Load.parse("zipf-0.99-p1"), 1_000_000, null);
    double share = 0;
    for (double reads : zipf.reads()) {
      share += reads >= 0.01 ? reads : 0;
    }
    assertThat(knowledge.absorbed(zipf, 100, 50_000)).isCloseTo(share, within(0.001));
    Popularity uniform = Popularity.of(Load.parse("uniform-p1"), 1_000, null);
    assertThat(knowledge.absorbed(uniform, 100, 50_000)).isZero();
  }

  @Test
  void withoutReadsThereIsNothingToAbsorb() {
    Popularity none = Popularity.of(Load.parse("incr-p1"), 1_000, null);
    assertThat(knowledge.absorbed(none, 100, 50_000)).isNaN();
  }
}
