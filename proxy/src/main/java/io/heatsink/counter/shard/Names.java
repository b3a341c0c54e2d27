package io.heatsink.counter.shard;

import io.heatsink.resp.Replies;
import io.heatsink.topology.Slots;
import io.heatsink.topology.Topology;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;

/** What Heatsink calls the keys that it keeps beside a split counter. Thread-safe. */
public final class Names {

  /** All that is kept by names that nobody has chosen begins so. */
  public static final byte[] PREFIX = Replies.ascii("heatsink:");

  /** Counters that are split, or perhaps are: a hash of each one's lease and shape. */
  public static final byte[] DIRECTORY = Replies.ascii("heatsink:directory");

  /** Who brings counters' own keys up to date, for as long as it lives. */
  public static final byte[] KEEPER = Replies.ascii("heatsink:keeper");

  private static final int[] LEAST = find();

  private Names() {}

  /** In the counter's slot: that it is split. */
  public static byte[] head(byte[] key) {
    return inSlotOf(key, "heatsink:head:", key);
  }

  /** In the counter's slot, for all counters in it: the largest epoch so far. */
  public static byte[] floor(byte[] key) {
    return inSlotOf(key, "heatsink:floor:", new byte[0]);
  }

  /** The keys of a step at the counter itself. */
  public static List<byte[]> base(byte[] key) {
    return List.of(head(key), key, floor(key));
  }

  private static byte[] inSlotOf(byte[] key, String prefix, byte[] rest) {
    byte[] start = Replies.ascii(prefix + tag(slot(key)) + ":");
    byte[] name = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, name, start.length, rest.length);
    return name;
  }

  private static int[] find() {
    int[] least = new int[Topology.SLOTS];
    Arrays.fill(least, -1);
    int left = least.length;
    for (int number = 0; left > 0; number++) {
      int slot = slot(Replies.ascii(Integer.toString(number)));
      if (least[slot] < 0) {
        least[slot] = number;
        left--;
      }
    }
    return least;
  }

  /** The least number whose digits hash to this slot, in braces: the same everywhere, always. */
  static String tag(int slot) {
    return "{" + LEAST[slot] + "}";
  }

  /** The slot of a key. */
  static int slot(byte[] key) {
    ByteBuf bytes = Unpooled.wrappedBuffer(key);
    return Slots.of(bytes, 0, key.length);
  }
}
