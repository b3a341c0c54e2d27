package io.heatsink.benchmarks.load.generator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ScheduleTest {

  private static final Span TWO_SECONDS = new Span(1_000, TimeUnit.SECONDS.toNanos(2));

  @Test
  void batchesAreDueAtEvenDistances() {
    Schedule schedule = new Schedule(TWO_SECONDS, 16_000, 16);
    assertThat(schedule.dueNanos()).isEqualTo(1_000);
    schedule.advance();
    assertThat(schedule.dueNanos()).isEqualTo(1_000 + 1_000_000);
    int batches = 1;
    while (!schedule.isOver()) {
      schedule.advance();
      batches++;
    }
    assertThat(batches).isEqualTo(2_000);
  }

  @Test
  void anOddRateDoesNotDrift() {
    Schedule schedule = new Schedule(TWO_SECONDS, 300_000, 1);
    for (int i = 0; i < 599_999; i++) {
      schedule.advance();
    }
    assertThat(schedule.isOver()).isFalse();
    assertThat(schedule.dueNanos()).isBetween(1_999_997_000L, 1_999_998_000L);
    schedule.advance();
    assertThat(schedule.isOver()).isTrue();
  }

  @Test
  void atLeastOneBatchIsSent() {
    assertThat(new Schedule(TWO_SECONDS, 0.1, 1).isOver()).isFalse();
  }
}
