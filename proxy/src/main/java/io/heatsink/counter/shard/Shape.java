package io.heatsink.counter.shard;

import io.heatsink.resp.Replies;
import io.heatsink.topology.Topology;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Into what a counter is split: how many shards, and what they are called. Immutable.
 *
 * @param shards 2 to 1000
 * @param name with <code>{key}</code> and <code>{shard}</code>; <code>{tag}</code> stands for a
 *     hash tag that has the shards spread evenly over the slots
 */
public record Shape(int shards, String name) {

  /** What shards are called unless told otherwise. */
  public static final String DEFAULT_NAME = "heatsink:{tag}:{key}:{shard}";

  private static final String KEY = "{key}";
  private static final String SHARD = "{shard}";
  private static final String TAG = "{tag}";

  /** Shards lie in slots that are multiples of this, so that few slots are ever in use. */
  private static final int GRAIN = 64;

  /*
   * The slots of a counter's shards lie at even distances on the ring of slots, from that of the
   * counter on. Nodes own ranges of slots, so each gets its part of the shards to within one,
   * whatever the ranges are and without anybody having to know them.
   */

  /** The name of one shard of this key; the key's bytes are kept as they are. */
  public byte[] shard(byte[] key, int shard) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(key.length + name.length() + 8);
    int at = 0;
    while (at < name.length()) {
      if (name.startsWith(KEY, at)) {
        out.writeBytes(key);
        at += KEY.length();
      } else if (name.startsWith(SHARD, at)) {
        out.writeBytes(Replies.ascii(Integer.toString(shard)));
        at += SHARD.length();
      } else if (name.startsWith(TAG, at)) {
        out.writeBytes(Replies.ascii(Names.tag(slot(key, shard))));
        at += TAG.length();
      } else {
        int end = name.indexOf('{', at + 1);
        end = end < 0 ? name.length() : end;
        out.writeBytes(name.substring(at, end).getBytes(StandardCharsets.UTF_8));
        at = end;
      }
    }
    return out.toByteArray();
  }

  private int slot(byte[] key, int shard) {
    int first = Names.slot(key) / GRAIN * GRAIN;
    int away = (int) ((long) shard * Topology.SLOTS / shards) / GRAIN * GRAIN;
    return (first + away) % Topology.SLOTS;
  }
}
