package io.heatsink.reply;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.LaneClock;
import io.heatsink.journal.SlowLog;
import io.heatsink.journal.SlowRequest.Spent;
import io.heatsink.resp.Request;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a request in case that it turns out to be slow. Confined to its event loop.
 */
final class Trail {

  private static final int INITIAL_BYTES = 32;

  private final LaneClock clock;
  private @Nullable CommandSpec command;
  private byte[] key = new byte[INITIAL_BYTES];
  private int keptBytes;
  private int keyBytes;
  private boolean isSent;
  private long sentNanos;
  private long begunNanos;
  private long repliedNanos;

  Trail(LaneClock clock) {
    this.clock = clock;
  }

  /** Nothing is known of the request. */
  void clear() {
    command = null;
  }

  /** Copies what tells an operator which request it is. */
  void begins(CommandSpec spec, Request request) {
    command = spec;
    int word = spec.firstKey();
    keyBytes = word > 0 && word < request.argc() ? request.length(word) : 0;
    keptBytes = Math.min(keyBytes, SlowLog.MAX_KEY_BYTES);
    if (keptBytes > request.buffer().writerIndex() - request.offset(word)) {
      // Of a large request only the head may be here.
      keptBytes = 0;
    }
    if (keptBytes > key.length) {
      key = new byte[SlowLog.MAX_KEY_BYTES];
    }
    if (keptBytes > 0) {
      request.buffer().getBytes(request.offset(word), key, 0, keptBytes);
    }
    isSent = false;
  }

  /** The reply is there, perhaps before its turn. */
  void replied() {
    repliedNanos = clock.nowNanos();
    isSent = clock.isDelivering();
    if (isSent) {
      sentNanos = clock.sentNanos();
      begunNanos = clock.begunNanos();
    }
  }

  /** When the reply was there. */
  long repliedNanos() {
    return repliedNanos;
  }

  /** The request that came at {@code startNanos} is answered. */
  void ends(SlowLog slow, long startNanos, String client) {
    CommandSpec known = command;
    if (known == null) {
      return;
    }
    long now = clock.nowNanos();
    // What was sent before this request came was sent for others too.
    long sent = isSent ? Math.max(sentNanos, startNanos) : repliedNanos;
    long begun = isSent ? Math.max(begunNanos, sent) : repliedNanos;
    Spent spent =
        new Spent(
            now - startNanos,
            sent - startNanos,
            begun - sent,
            repliedNanos - begun,
            now - repliedNanos);
    slow.add(known.name(), Arrays.copyOf(key, keptBytes), keyBytes, client, spent);
  }
}
