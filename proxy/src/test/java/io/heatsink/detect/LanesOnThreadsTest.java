package io.heatsink.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Lanes count on their own threads while another thread merges and reads. */
class LanesOnThreadsTest {

  private static final long SEED = 20261122;
  private static final int COMMANDS = 1_000_000;
  private static final long COMMAND_NANOS = 10_000;

  @Test
  void lanesAndMergerDoNotDisturbEachOther() throws InterruptedException {
    HotKeys hotKeys =
        new HotKeys(new DetectorSettings(1_000, 0.01, 100, 0, Duration.ofMinutes(5)), SEED);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> lanes =
        IntStream.range(0, 3).mapToObj(lane -> lane(lane, new Feed(hotKeys), failure)).toList();
    lanes.forEach(Thread::start);
    while (lanes.stream().anyMatch(Thread::isAlive)) {
      hotKeys.tick(COMMANDS * COMMAND_NANOS / 2);
      for (HotKey key : hotKeys.current().keys()) {
        assertThat(hotKeys.current().isReadHot(key.hash())).isTrue();
      }
    }
    for (Thread lane : lanes) {
      lane.join();
    }
    hotKeys.tick(COMMANDS * COMMAND_NANOS);
    assertThat(failure.get()).isNull();
    assertThat(hotKeys.current().keys()).hasSize(5);
    for (int key : new int[] {-1, -2, 1_000, 1_001, 1_002}) {
      assertThat(hotKeys.current().isReadHot(Feed.hash(key))).as("key %d", key).isTrue();
    }
  }

  /** Two keys are hot in every lane, and one in this lane only. */
  private static Thread lane(int lane, Feed feed, AtomicReference<Throwable> failure) {
    Thread thread =
        new Thread(
            () -> {
              for (int i = 0; i < COMMANDS; i++) {
                int rare = 2_000 + (i * 3 + lane) % 500_000;
                int key =
                    switch (i % 10) {
                      case 0 -> -1;
                      case 1 -> -2;
                      case 2 -> 1_000 + lane;
                      default -> rare;
                    };
                feed.read(key, i * COMMAND_NANOS);
              }
            },
            "lane-" + lane);
    thread.setUncaughtExceptionHandler((dead, thrown) -> failure.set(thrown));
    return thread;
  }
}
