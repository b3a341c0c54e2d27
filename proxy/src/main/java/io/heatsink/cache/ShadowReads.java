package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.command.LaneClock;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Upstream;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Asks the backend too for some of what was answered from memory, and counts where it says
 * something else. Confined to its event loop.
 *
 * <p>No client sees those replies, so nothing that is kept has to wait for them.
 */
public final class ShadowReads {

  private final double rate;
  private final LaneClock clock;
  private final LaneStats stats;
  private final SplittableRandom random = new SplittableRandom();

  private ShadowReads(double rate, LaneClock clock, LaneStats stats) {
    this.rate = rate;
    this.clock = clock;
    this.stats = stats;
  }

  /** Of this fraction of what is answered from memory; null where that is none. */
  public static @Nullable ShadowReads of(double rate, LaneClock clock, LaneStats stats) {
    return rate > 0 ? new ShadowReads(rate, clock, stats) : null;
  }

  /** Whether the read that has just been answered is one of those. */
  public boolean samples() {
    return random.nextDouble() < rate;
  }

  /** Asks for what this client has just been answered with, unless its connection has no room. */
  public void read(Client client, Request request, Entry answer) {
    Upstream upstream = client.upstream();
    if (!upstream.isFull()) {
      stats.shadowReads++;
      long ageNanos = answer.ageNanos(clock.nowNanos());
      upstream.send(request, new Comparison(answer, client.isResp3(), ageNanos));
    }
  }

  /** Compares a reply with what was served, as it comes; an error tells nothing. */
  private final class Comparison implements ReplySlot {
    private final Entry served;
    private final boolean resp3;
    private final long ageNanos;
    private boolean begun;
    private boolean isError;
    private boolean differs;
    private int compared;

    Comparison(Entry served, boolean resp3, long ageNanos) {
      this.served = served;
      this.resp3 = resp3;
      this.ageNanos = ageNanos;
    }

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {
      if (!begun) {
        begun = true;
        byte type = bytes.getByte(index);
        isError = type == '-' || type == '!';
      }
      if (!differs && !isError) {
        differs = !served.hasAt(compared, bytes, index, length, resp3);
        compared += length;
      }
      if (last && !isError && (differs || compared != served.replyBytes(resp3))) {
        stats.staleHits++;
        stats.recordStaleness(ageNanos);
      }
    }

    @Override
    public void fail(byte[] error) {
      // Nobody waits for it.
    }
  }
}
