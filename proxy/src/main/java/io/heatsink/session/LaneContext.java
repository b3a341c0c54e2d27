package io.heatsink.session;

import io.heatsink.command.CommandTable;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.RespLimits;
import io.heatsink.route.Router;
import io.heatsink.upstream.PipeKey;
import io.heatsink.upstream.Pipes;
import io.heatsink.upstream.Users;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What the sessions of one lane share.
 *
 * @param greeting how a client that has said nothing is known to the backend
 * @param maxPipeline unanswered commands of one client
 * @param maxOutputBytes replies that one client has not taken
 */
public record LaneContext(
    Supplier<CommandTable> commands,
    Router router,
    Pipes pipes,
    Users users,
    PipeKey greeting,
    FlushQueue flushes,
    LaneClock clock,
    LaneStats stats,
    PlacePool places,
    Corks corks,
    RespLimits limits,
    Duration idleTimeout,
    int maxPipeline,
    int maxOutputBytes) {}
