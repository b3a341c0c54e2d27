package io.heatsink.benchmarks.load.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** By the default settings: kept from 10 reads a second on, for 60 s. */
final class KnowledgeTest {

  private final Knowledge knowledge = new Knowledge();

  @Test
  void oneKeyMissesOnceInItsTtl() {
    Popularity one = Popularity.of(Load.parse("hot-p1"), 1, null);
    assertThat(knowledge.absorbed(one, 1_024, 50)).isCloseTo(3_000 / 3_001.0, within(1e-9));
    assertThat(knowledge.absorbed(one, 1_024, 9)).isZero();
    assertThat(knowledge.absorbed(one, 1 << 20, 50)).isZero();
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
      share += reads * 50_000 >= 10 ? reads : 0;
    }
    assertThat(knowledge.absorbed(zipf, 100, 50_000)).isCloseTo(share, within(0.001));
    Popularity uniform = Popularity.of(Load.parse("uniform-p1"), 10_000, null);
    assertThat(knowledge.absorbed(uniform, 100, 50_000)).isZero();
  }

  @Test
  void withoutReadsThereIsNothingToAbsorb() {
    Popularity none = Popularity.of(Load.parse("incr-p1"), 1_000, null);
    assertThat(knowledge.absorbed(none, 100, 50_000)).isNaN();
  }
}
