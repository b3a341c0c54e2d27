package io.heatsink.detect;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;

/** Feeds a lane with numbered or named keys on a clock that the test moves. */
final class Feed {

  final HotKeys hotKeys;
  final LaneDetector lane;

  /** How many commands were sampled. */
  int picked;

  private final ByteBuf numbered = Unpooled.buffer(Integer.BYTES).writeInt(0);

  Feed(HotKeys hotKeys) {
    this.hotKeys = hotKeys;
    lane = hotKeys.newLane();
  }

  /** Reads key {@code number} once. */
  void read(int number, long nowNanos) {
    if (lane.sample()) {
      picked++;
      count(number, nowNanos);
    }
  }

  /** Counts a read of key {@code number} that was sampled. */
  void count(int number, long nowNanos) {
    numbered.setInt(0, number);
    lane.count(hash(number), 0, numbered, 0, Integer.BYTES, false, nowNanos);
  }

  /** Reads or writes a key once. */
  void command(byte[] key, int database, boolean write, long nowNanos) {
    if (lane.sample()) {
      picked++;
      ByteBuf buf = Unpooled.wrappedBuffer(key);
      lane.count(hash(key, database), database, buf, 0, key.length, write, nowNanos);
    }
  }

  void read(String key, long nowNanos) {
    command(bytes(key), 0, false, nowNanos);
  }

  /** Reads a key once whose value has so many bytes. */
  void read(String key, long bytes, long nowNanos) {
    byte[] name = bytes(key);
    read(key, nowNanos);
    lane.weigh(hash(name, 0), 0, Unpooled.wrappedBuffer(name), 0, name.length, bytes, nowNanos);
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
    return mixed(number);
  }

  private static long mixed(long bits) {
    long z = bits + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** Well mixed, and the same in every run. */
  static long hash(byte[] key, int database) {
    long hash = database;
    for (byte b : key) {
      hash = mixed(hash * 31 + b);
    }
    return mixed(hash ^ key.length);
  }
}
