package io.heatsink.reply;

import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.metrics.LaneStats;
import io.netty.channel.Channel;

/** What the reply queues of one lane share. Confined to its event loop. */
public final class LaneReplies {

  final FlushQueue flushes;
  final LaneStats stats;
  final PlacePool places;
  final Corks corks = new Corks();
  final int maxBytes;

  /** {@code maxBytes} is what one client may leave untaken. */
  public LaneReplies(FlushQueue flushes, LaneClock clock, LaneStats stats, int maxBytes) {
    this.flushes = flushes;
    this.stats = stats;
    this.places = new PlacePool(clock, stats);
    this.maxBytes = maxBytes;
  }

  /** The replies of the client on this channel. */
  public ReplyQueue of(Channel channel, ReplyQueue.Listener listener) {
    return new ReplyQueue(channel, this, listener);
  }
}
