package io.heatsink.detect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** Feeds a lane with numbered or named keys on a clock that the test moves. */
final class Feed {

  final HotKeys hotKeys;
  final LaneDetector lane;
  private final ByteBuf numbered = Unpooled.buffer(Integer.BYTES).writeInt(0);

  Feed(HotKeys hotKeys) {
    this.hotKeys = hotKeys;
    lane = hotKeys.newLane();
  }

  /** Reads key {@code number} once. */
  void read(int number, long nowNanos) {
    if (lane.sample()) {
      numbered.setInt(0, number);
      lane.count(hash(number), 0, numbered, 0, Integer.BYTES, false, nowNanos);
    }
  }

  /** Reads or writes a key once. */
  void command(byte[] key, int database, boolean write, long nowNanos) {
    if (lane.sample()) {
      ByteBuf buf = Unpooled.wrappedBuffer(key);
      lane.count(hash(key, database), database, buf, 0, key.length, write, nowNanos);
    }
  }

  void read(String key, long nowNanos) {
    command(bytes(key), 0, false, nowNanos);
  }

  void write(String key, long nowNanos) {
    command(bytes(key), 0, true, nowNanos);
  }

  boolean isReadHot(String key) {
    return hotKeys.current().isReadHot(hash(bytes(key), 0));
  }

  boolean isWriteHot(String key) {
    return hotKeys.current().isWriteHot(hash(bytes(key), 0));
  }

  static byte[] bytes(String key) {
    return key.getBytes(StandardCharsets.UTF_8);
  }

  /** Well mixed, and the same in every run. */
  static long hash(int number) {
    return new SplittableRandom(number).nextLong();
  }

  /** Well mixed, and the same in every run. */
  static long hash(byte[] key, int database) {
    long hash = database;
    for (byte b : key) {
      hash = new SplittableRandom(hash * 31 + b).nextLong();
    }
    return new SplittableRandom(hash ^ key.length).nextLong();
  }
}
