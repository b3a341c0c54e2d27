package io.heatsink.cache;

import io.heatsink.flight.Capture;
import io.netty.buffer.ByteBuf;

/**
 * A read whose reply is not kept, of a key of which something else is: that waits, see {@link
 * NearCache}. Confined to its event loop.
 */
final class Look implements Capture {

  private final NearCache cache;
  private final long keyHash;
  private final int connection;
  private boolean begun;

  Look(NearCache cache, long keyHash, int connection) {
    this.cache = cache;
    this.keyHash = keyHash;
    this.connection = connection;
  }

  @Override
  public boolean begin() {
    return true;
  }

  @Override
  public boolean isCurrent() {
    return false;
  }

  @Override
  public void joined() {}

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    if (!begun) {
      begun = true;
      cache.looked(keyHash, connection);
    }
  }

  @Override
  public void fail(byte[] error) {}
}
