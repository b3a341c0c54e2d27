package io.heatsink.upstream;

import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Writes;
import io.heatsink.metrics.LaneStats;
import io.heatsink.metrics.TrackingState;
import io.netty.channel.EventLoop;

/**
 * What every pipe of one lane needs. Immutable.
 *
 * @param loop the lane's event loop
 * @param dialer connects on that loop
 * @param name host and port, for error replies and logs
 * @param maxPending commands of one pipe that wait for their reply
 * @param writes told of changes that the backend tells of
 * @param tracking told whether it does
 */
public record Backend(
    EventLoop loop,
    Dialer dialer,
    String name,
    int maxPending,
    FlushQueue flushes,
    Writes writes,
    LaneClock clock,
    LaneStats stats,
    TrackingState tracking) {}
