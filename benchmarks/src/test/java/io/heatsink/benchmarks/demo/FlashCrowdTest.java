package io.heatsink.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.heatsink.benchmarks.demo.FlashCrowd.Ask;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the demonstration asks. */
final class FlashCrowdTest {

  private static final int ASKS = 100_000;

  @Test
  void calmTrafficHasNoOverwhelmingKey() {
    Map<Ask, Long> counts = counts(0.1);
    assertThat(counts.getOrDefault(new Ask(false, FlashCrowd.HOT_POST), 0L)).isLessThan(ASKS / 100);
    assertThat(counts.get(new Ask(false, FlashCrowd.post(0)))).isBetween(ASKS / 20L, ASKS / 5L);
    assertThat(counts.size()).isGreaterThan(5_000);
  }

  @Test
  void theCrowdWantsOnePost() {
    Map<Ask, Long> counts = counts(0.5);
    double reads = counts.getOrDefault(new Ask(false, FlashCrowd.HOT_POST), 0L) / (double) ASKS;
    double likes = counts.getOrDefault(new Ask(true, FlashCrowd.HOT_LIKES), 0L) / (double) ASKS;
    assertThat(reads).isCloseTo(0.7, within(0.02));
    assertThat(likes).isCloseTo(0.1, within(0.02));
    FlashCrowd crowd = new FlashCrowd(7, FlashCrowd.CALM);
    assertThat(crowd.rateAt(0.1, 100)).isEqualTo(25);
    assertThat(crowd.rateAt(0.5, 100)).isEqualTo(100);
    assertThat(new FlashCrowd(7, 1).isCalm(0.99)).isTrue();
  }

  @Test
  void theSameSeedAsksTheSame() {
    assertThat(counts(0.5)).isEqualTo(counts(0.5));
  }

  private static Map<Ask, Long> counts(double progress) {
    FlashCrowd crowd = new FlashCrowd(7, FlashCrowd.CALM);
    return Stream.generate(() -> crowd.next(progress))
        .limit(ASKS)
        .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
  }
}
