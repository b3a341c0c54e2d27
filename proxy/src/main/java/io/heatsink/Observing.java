package io.heatsink;

import io.heatsink.config.HeatsinkConfig;
import io.heatsink.console.LaneView;
import io.heatsink.console.Limits;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.detect.HotKey;
import io.heatsink.metrics.LaneStats;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Asks lanes and settings on behalf of the console. Confined to the admin server's thread. */
final class Observing {

  /** Longer than a lane is ever away; who waited so long is told what was so before. */
  private static final long PATIENCE_MILLIS = 500;

  private final List<Lane> lanes;
  private LaneView latest = new LaneView(new LaneStats(), Map.of(), 0);

  Observing(List<Lane> lanes) {
    this.lanes = lanes;
  }

  /** What all lanes have counted, or what they had when one of them does not answer. */
  LaneView lanes(List<HotKey> keys) {
    List<Future<LaneView>> asked = new ArrayList<>();
    for (Lane lane : lanes) {
      if (!lane.loop().isShuttingDown()) {
        asked.add(lane.loop().submit(() -> lane.view(keys)));
      }
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    LaneView sum = null;
    for (Future<LaneView> answer : asked) {
      answer.awaitUninterruptibly(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      LaneView view = answer.isSuccess() ? answer.getNow() : null;
      if (view == null) {
        return latest;
      }
      sum = sum == null ? view : sum.plus(view);
    }
    latest = sum == null ? latest : sum;
    return latest;
  }

  /** What these settings allow. */
  static Limits limits(HeatsinkConfig config) {
    List<SplitPolicy> splits = Counting.policies(config.counters());
    boolean detects = config.detector().enabled();
    return new Limits(
        config.lanes(),
        detects && config.cache().enabled(),
        config.coalescing(),
        detects && config.combining(),
        config.clients().max(),
        (long) config.backend().maxPinned() * config.lanes(),
        config.backend().maxPending(),
        config.cache().maxBytes(),
        config.operation().slowThreshold().toNanos(),
        splits);
  }
}
