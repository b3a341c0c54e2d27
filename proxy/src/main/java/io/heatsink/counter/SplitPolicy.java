package io.heatsink.counter;

import io.heatsink.policy.Glob;
import io.heatsink.resp.Replies;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Which counters are split, and into what. Immutable.
 *
 * @param pattern glob of the counter's key
 * @param glob the same, compiled
 * @param shards number of shard keys, 2 to 1000
 * @param name a shard's name, with <code>{key}</code> and <code>{shard}</code>
 */
public record SplitPolicy(String pattern, Glob glob, int shards, String name) {

  private static final String KEY = "{key}";
  private static final String SHARD = "{shard}";

  public SplitPolicy(String pattern, int shards, String name) {
    this(pattern, new Glob(pattern), shards, name);
  }

  /** The name of one shard of this key; the key's bytes are kept as they are. */
  public byte[] shard(byte[] key, int shard) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(key.length + name.length());
    int at = 0;
    while (at < name.length()) {
      if (name.startsWith(KEY, at)) {
        out.writeBytes(key);
        at += KEY.length();
      } else if (name.startsWith(SHARD, at)) {
        out.writeBytes(Replies.ascii(Integer.toString(shard)));
        at += SHARD.length();
      } else {
        int end = name.indexOf('{', at + 1);
        end = end < 0 ? name.length() : end;
        out.writeBytes(name.substring(at, end).getBytes(StandardCharsets.UTF_8));
        at = end;
      }
    }
    return out.toByteArray();
  }

  /** A command on the key and all its shards. */
  byte[] command(byte[] name, byte[] key) {
    byte[][] words = new byte[shards + 2][];
    words[0] = name;
    words[1] = key;
    for (int i = 0; i < shards; i++) {
      words[i + 2] = shard(key, i);
    }
    return Replies.request(words);
  }
}
