package io.heatsink.console;

import io.heatsink.advice.Advisor;
import io.heatsink.cache.NearCache;
import io.heatsink.command.Writes;
import io.heatsink.detect.HotKey;
import io.heatsink.detect.HotKeyPeriod;
import io.heatsink.detect.HotKeys;
import io.heatsink.journal.EventLog;
import io.heatsink.journal.SlowLog;
import io.heatsink.metrics.TrackingState;
import io.heatsink.policy.PolicyBook;
import io.heatsink.topology.Node;
import io.heatsink.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the console looks at.
 *
 * @param version of Heatsink
 * @param bornNanos when it was started, as {@link System#nanoTime} says it
 * @param lanes asks all lanes, about these hot keys; may block for a moment
 * @param nodes which of the backend's servers answer; to be asked only while somebody looks
 * @param settings those in force
 * @param reload reads the configuration anew: what changed, or what is wrong
 */
public record Observed(
    String version,
    long bornNanos,
    Function<List<HotKey>, LaneView> lanes,
    Supplier<Limits> limits,
    Supplier<Backend> backend,
    Supplier<Map<Node, Boolean>> nodes,
    HotKeys hotKeys,
    HotKeyPeriod period,
    NearCache cache,
    Writes writes,
    PolicyBook policies,
    Advisor advisor,
    TrackingState tracking,
    EventLog events,
    SlowLog slow,
    SplitControl splits,
    Supplier<List<Configured>> settings,
    BiConsumer<Consumer<Map<String, List<String>>>, Consumer<String>> reload) {

  /**
   * The backend at one moment.
   *
   * @param name its address, or how else it is known
   * @param detail one line for an operator
   * @param topology its nodes, where they are known
   */
  public record Backend(
      String name, boolean isReachable, String detail, @Nullable Topology topology) {}
}
