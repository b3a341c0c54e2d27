package io.heatsink.benchmarks.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.data.Percentage.withPercentage;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every simulation keeps what it must and meets its closed form. */
final class FleetTest {

  private static final Fleet FLEET = new Fleet(100, 20, 10_000, 0.99, 20_000, 0.3, 1, 7);

  @Test
  void noReadIsLostAndNoneInvented() {
    NodeLoads loads = NodeLoads.of(FLEET);
    double total = FLEET.totalReadsPerSecond();
    assertThat(Arrays.stream(loads.without()).sum()).isCloseTo(total, withPercentage(1e-6));
    assertThat(Arrays.stream(loads.with()).sum() + loads.absorbed())
        .isCloseTo(total, withPercentage(1e-6));
    assertThat(loads.keptKeys()).isPositive();
    assertThat(loads.absorbed()).isGreaterThan(total * FLEET.celebrityShare() * 0.99);
  }

  @Test
  void aKeyThatIsKeptNowhereIsNotAbsorbed() {
    NodeLoads loads = NodeLoads.of(new Fleet(1_000, 20, 10_000, 0.5, 100, 0.05, 1, 7));
    assertThat(loads.keptKeys()).isZero();
    assertThat(loads.absorbed()).isZero();
    assertThat(loads.with()).isEqualTo(loads.without());
  }

  @Test
  void fillsFollowTheReadsOfARareKeyAndTheTtlOfACommonOne() {
    assertThat(Fleet.fillsPerSecond(0, 1)).isZero();
    assertThat(Fleet.fillsPerSecond(0.001, 1)).isCloseTo(0.001, withPercentage(0.2));
    assertThat(Fleet.fillsPerSecond(1e6, 0.5)).isCloseTo(2, withPercentage(0.1));
  }

  @Test
  void oneUncachedKeyIsOneNodesWholeLoad() {
    SmallCache cache = new SmallCache(50, 7);
    assertThat(cache.evenly(0, 1)).isCloseTo(50, within(1e-9));
    assertThat(cache.evenly(49, 50)).isCloseTo(1, within(1e-9));
    assertThat(cache.evenly(0, 5_000_000)).isCloseTo(1, within(0.02));
  }

  @Test
  void aLargerCacheNeverHurts() {
    int[] sizes = {0, 1, 10, 100, 1_000, 10_000};
    double[] max = new SmallCache(50, 7).byRates(FLEET.ratesOfKeys(), sizes);
    for (int i = 1; i < sizes.length; i++) {
      assertThat(max[i]).isLessThan(max[i - 1]);
    }
    assertThat(max[sizes.length - 1]).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {50, 100, 400})
  void atTheKneeAnAdversaryGainsATenthToAThirdWhateverTheNodes(int nodes) {
    int knee = (int) SmallCache.knee(nodes);
    assertThat(SmallCache.formula(nodes, knee)).isCloseTo(1.366, within(0.002));
    assertThat(new SmallCache(nodes, 7).byAdversary(knee)).isBetween(1.1, 1.4);
    assertThat(new SmallCache(nodes, 7).byAdversary(knee / 10)).isGreaterThan(2.2);
    assertThat(new SmallCache(nodes, 7).byAdversary(10 * knee)).isLessThan(1.1);
  }

  @Test
  void aHerdStaysOneWithAFixedTtl() {
    Herd herd = new Herd(500, 0.05, 60, 0, 0);
    int[] fills = herd.fills(0.1, 605, 7);
    assertThat(Arrays.stream(fills).sum()).isEqualTo(500 * 11);
    for (int cycle = 0; cycle <= 10; cycle++) {
      assertThat(herd.peak(fills, 0.1, cycle)).isEqualTo(500);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 8})
  void jitterSpreadsAHerdAsTheCentralLimitSays(int cycle) {
    Herd herd = new Herd(100_000, 0.05, 60, 5.0 / 60, 0.002);
    int[] fills = herd.fills(0.1, 11 * 60, 7);
    assertThat((double) herd.peak(fills, 0.1, cycle))
        .isCloseTo(herd.expectedPeak(0.1, cycle), withPercentage(15));
  }

  @Test
  void jitterChangesWhenButNotHowOften() {
    int[] fixed = new Herd(1_000, 1, 60, 0, 0.01).fills(0.1, 6_000, 7);
    int[] jittered = new Herd(1_000, 1, 60, 5.0 / 60, 0.01).fills(0.1, 6_000, 7);
    assertThat((double) Arrays.stream(jittered).sum())
        .isCloseTo(Arrays.stream(fixed).sum(), withPercentage(1));
  }

  @ParameterizedTest
  @CsvSource({"0.1, 600", "1, 600", "10, 600", "100, 50", "1000, 50"})
  void writesPlayedEventByEventMeetTheFormula(double writesPerSecond, double readsPerSecond) {
    WriteFanOut fan = new WriteFanOut(200, readsPerSecond, 1, writesPerSecond);
    double seconds = Math.max(20, 2_000 / writesPerSecond);
    assertThat(fan.simulatedFillsPerSecond(seconds, 7))
        .isCloseTo(fan.fillsPerSecond(), withPercentage(6));
    assertThat(fan.invalidationsPerWrite()).isBetween(0.0, 200.0);
    assertThat(fan.fillsPerSecond()).isLessThan(200 * readsPerSecond);
  }

  @Test
  void withoutWritesTheTtlAloneMakesFills() {
    WriteFanOut fan = new WriteFanOut(200, 600, 1, 1e-9);
    assertThat(fan.fillsPerSecond())
        .isCloseTo(200 * Fleet.fillsPerSecond(600, 1), withPercentage(0.01));
  }

  @Test
  void shardsLieWhereBallsInBinsDo() {
    CounterShards counter = new CounterShards(10, 600, 0.001, 100);
    assertThat(counter.busiestNodesShards(1, 7)).isEqualTo(1);
    assertThat(counter.unluckyNodesShards(50, 7))
        .isGreaterThanOrEqualTo(counter.busiestNodesShards(50, 7));
    assertThat(new CounterShards(10, 600, 0.001, 1).busiestNodesShards(50, 7)).isEqualTo(50);
    // Two of 10 shards share a node of 100 with 1 - 100!/(90! 100^10) = 37 %: not in the median.
    assertThat(counter.busiestNodesShards(10, 7)).isEqualTo(1);
    assertThat(counter.busiestNode(10, 600, 7)).isCloseTo(600, within(1e-9));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 600, 10_000, 1_000_000})
  void combiningPlayedEventByEventMeetsTheFormula(double perSecond) {
    double roundTrip = 0.001;
    SplittableRandom random = new SplittableRandom(7);
    int batches = 20_000;
    double now = 0;
    double next = 0;
    for (int batch = 0; batch < batches; batch++) {
      now = Math.max(now, next) + roundTrip;
      // Exponential waits forget: what came during the round trip travels with the next batch.
      double wait = -Math.log(1 - random.nextDouble()) / perSecond;
      next = now - roundTrip + wait;
    }
    CounterShards counter = new CounterShards(1, perSecond, roundTrip, 1);
    assertThat(counter.combinedPerSidecar()).isCloseTo(batches / now, withPercentage(3));
    assertThat(counter.combinedPerSidecar()).isLessThanOrEqualTo(Math.min(perSecond, 1_000));
  }
}
