package io.heatsink.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The leak watch sees a leak; without this test its silence would prove nothing. */
class LeakWatchTest {

  @Test
  void everyBufferIsWatched() {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
  }

  @Test
  void aForgottenBufferIsReported() {
    forgetBuffer();
    List<String> reports = new ArrayList<>();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              reports.addAll(LeakWatch.collect());
              return !reports.isEmpty();
            });
    assertThat(reports.get(0)).contains("LEAK", "forgetBuffer");
  }

  private static void forgetBuffer() {
    ByteBuf forgotten = ByteBufAllocator.DEFAULT.buffer(16);
    forgotten.writeByte(1);
  }
}
