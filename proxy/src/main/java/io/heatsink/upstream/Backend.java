package io.heatsink.upstream;

import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Writes;
import io.heatsink.metrics.LaneStats;
import io.heatsink.metrics.TrackingState;
import io.netty.channel.EventLoop;
import java.io.IOException;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every pipe of one lane needs. Immutable.
 *
 * @param loop the lane's event loop
 * @param dialer connects on that loop
 * @param name host and port, for error replies and logs
 * @param maxPending commands of one pipe that wait for their reply
 * @param writes told of changes that the backend tells of
 * @param tracking told whether it does
 * @param isReplica whether it is a cluster's replica, and reads are to be answered by itself
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
    TrackingState tracking,
    boolean isReplica) {

  private static final Logger LOG = LoggerFactory.getLogger(Backend.class);

  /** One that is asked as a primary. */
  public Backend(
      EventLoop loop,
      Dialer dialer,
      String name,
      int maxPending,
      FlushQueue flushes,
      Writes writes,
      LaneClock clock,
      LaneStats stats,
      TrackingState tracking) {
    this(loop, dialer, name, maxPending, flushes, writes, clock, stats, tracking, false);
  }

  /** Logs what happened to a connection. Answers what a client may be told of it. */
  Throwable failed(Throwable cause) {
    Throwable why = cause.getCause() instanceof SSLException tls ? tls : cause;
    if (why instanceof IOException) {
      LOG.debug("connection to {}: {}", name, why.getMessage());
    } else {
      LOG.error("connection to {} failed", name, cause);
    }
    return why;
  }
}
