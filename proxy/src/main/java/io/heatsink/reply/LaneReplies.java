package io.heatsink.reply;

import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.journal.SlowLog;
import io.heatsink.metrics.LaneStats;
import io.netty.channel.Channel;

/** What the reply queues of one lane share. Confined to its event loop. */
public final class LaneReplies {

  final FlushQueue flushes;
  final LaneStats stats;
  final PlacePool places;
  final Corks corks = new Corks();
  final int maxBytes;
  private final int largeBytes;
  private final LargeReplies large = new LargeReplies();
  private final ReplySizes sizes = new ReplySizes();

  /**
   * {@code maxBytes} is what one client may leave untaken, {@code largeBytes} from where on a reply
   * is large.
   */
  public LaneReplies(
      FlushQueue flushes,
      LaneClock clock,
      LaneStats stats,
      SlowLog slow,
      int maxBytes,
      int largeBytes) {
    this.flushes = flushes;
    this.stats = stats;
    this.places = new PlacePool(clock, stats, slow);
    this.maxBytes = maxBytes;
    this.largeBytes = largeBytes;
  }

  /** The reads whose replies are large. */
  public LargeReplies large() {
    return large;
  }

  /** How large replies were. */
  public ReplySizes sizes() {
    return sizes;
  }

  /** Whether a reply of so many bytes is large. */
  public boolean isLarge(long bytes) {
    return bytes > largeBytes;
  }

  /** The replies of the client on this channel. */
  public ReplyQueue of(Channel channel, ReplyQueue.Listener listener) {
    return new ReplyQueue(channel, this, listener);
  }
}
