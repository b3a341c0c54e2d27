package io.heatsink.route;

import io.heatsink.cache.Filler;
import io.heatsink.cache.ShadowReads;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Writes;
import io.heatsink.counter.SplitCounters;
import io.heatsink.counter.combine.Combiner;
import io.heatsink.detect.HotKeys;
import io.heatsink.detect.LaneDetector;
import io.heatsink.detect.Sampled;
import io.heatsink.flight.Coalescer;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of one lane that a router chooses from; null is a room switched off.
 *
 * @param sampled what became of some commands on hot keys
 * @param filler finds and keeps the replies of reads
 * @param shadows finds out how often those were outdated
 * @param policies how fresh reads have to be
 * @param coalesceAll whether reads of keys that are not hot share flights too
 */
public record Rooms(
    HotKeys hotKeys,
    @Nullable LaneDetector detector,
    Sampled sampled,
    @Nullable Filler filler,
    @Nullable ShadowReads shadows,
    LanePolicies policies,
    Coalescer coalescer,
    boolean coalesceAll,
    @Nullable Combiner combiner,
    SplitCounters splits,
    Writes writes,
    LaneClock clock,
    LaneStats stats) {}
