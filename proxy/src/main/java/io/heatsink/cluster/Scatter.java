package io.heatsink.cluster;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.KeyPositions;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Commands that several nodes have a part in: of many slots, or of no key. Confined to its event
 * loop.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/command-tips/">Command tips</a>
 */
final class Scatter {

  /** What each primary is asked, and how one reply is made of theirs. */
  private static final Map<String, Function<List<WholeReply>, byte[]>> ALL =
      Map.ofEntries(
          Map.entry("dbsize", Joins::sum),
          Map.entry("flushall", Joins::first),
          Map.entry("flushdb", Joins::first),
          Map.entry("keys", Joins::concat),
          Map.entry("script|load", Joins::first),
          Map.entry("script|flush", Joins::first),
          Map.entry("script|exists", Joins::and),
          Map.entry("script|kill", Joins::anyDone),
          Map.entry("function|load", Joins::first),
          Map.entry("function|delete", Joins::first),
          Map.entry("function|flush", Joins::first),
          Map.entry("function|restore", Joins::first),
          Map.entry("function|kill", Joins::anyDone),
          Map.entry("config|set", Joins::first),
          Map.entry("config|resetstat", Joins::first),
          Map.entry("config|rewrite", Joins::first),
          Map.entry("acl|setuser", Joins::first),
          Map.entry("acl|deluser", Joins::first),
          Map.entry("acl|load", Joins::first),
          Map.entry("acl|save", Joins::first),
          Map.entry("slowlog|reset", Joins::first),
          Map.entry("latency|reset", Joins::sum),
          Map.entry("memory|purge", Joins::first),
          Map.entry("bgsave", Joins::first),
          Map.entry("bgrewriteaof", Joins::first),
          Map.entry("save", Joins::first),
          Map.entry("pubsub|channels", Joins::concat),
          Map.entry("pubsub|shardchannels", Joins::concat),
          Map.entry("pubsub|numpat", Joins::sum),
          Map.entry("pubsub|numsub", Joins::pairs),
          Map.entry("pubsub|shardnumsub", Joins::pairs),
          Map.entry("info", InfoJoin::join));

  private final ClusterLink link;
  private final ClusterLinks links;
  private final SplitKeys splitKeys;

  Scatter(ClusterLink link, ClusterLinks links) {
    this.link = link;
    this.links = links;
    this.splitKeys = new SplitKeys(link);
  }

  /** False where one node answers the request alone. */
  boolean send(Request request, CommandSpec spec, KeyPositions keys, ReplySlot to) {
    if (keys.count() > 1) {
      return splitKeys.send(request, spec, keys, to);
    }
    if (keys.count() == 1 || !links.isSpread() || !spec.accepts(request)) {
      return false;
    }
    Function<List<WholeReply>, byte[]> join = ALL.get(spec.name());
    if (join != null) {
      byte[] command = request.encoded();
      int shards = link.topology().shards().size();
      Gather gather = new Gather(shards, replies -> Joins.deliver(join.apply(replies), to));
      for (int i = 0; i < shards; i++) {
        link.send(ClusterLink.ofShard(i), command, command.length, gather.slot(i));
      }
      return true;
    }
    return switch (spec.name()) {
      case "scan" -> scan(request, to);
      case "randomkey" -> randomKey(request.encoded(), to);
      default -> false;
    };
  }

  /** A cursor holds the shard in its lowest bits, and above them that shard's own cursor. */
  private boolean scan(Request request, ReplySlot to) {
    if (!request.isLong(1) || request.asLong(1) < 0) {
      return false;
    }
    long cursor = request.asLong(1);
    int shard = (int) (cursor % Dispatch.MAX_SHARDS);
    int shards = link.topology().shards().size();
    if (shard >= shards) {
      Joins.deliver(Replies.error("ERR invalid cursor"), to);
      return true;
    }
    byte[][] words = new byte[request.argc()][];
    for (int i = 0; i < words.length; i++) {
      words[i] = request.bytes(i);
    }
    words[1] = Replies.ascii(Long.toString(cursor / Dispatch.MAX_SHARDS));
    byte[] command = Replies.request(words);
    link.send(
        ClusterLink.ofShard(shard),
        command,
        command.length,
        WholeReply.then(reply -> Joins.deliver(scanned(reply, shard, shards), to)));
    return true;
  }

  private static byte[] scanned(WholeReply reply, int shard, int shards) {
    byte[] encoded = reply.encoded();
    if (!reply.isArray()) {
      return encoded;
    }
    ByteBuf in = Unpooled.wrappedBuffer(encoded);
    Elements elements = new Elements(in);
    elements.next();
    long own = Long.parseLong(elements.text());
    long next = own == 0 ? (shard + 1) % shards : own * Dispatch.MAX_SHARDS + shard;
    ByteBuf out = Unpooled.buffer(encoded.length + 16);
    out.writeBytes(Replies.ascii("*2\r\n"));
    out.writeBytes(Replies.bulk(Replies.ascii(Long.toString(next))));
    out.writeBytes(in, elements.end(), encoded.length - elements.end());
    return Joins.bytes(out);
  }

  /** Asks one shard after the other, from a random one on, until one has a key. */
  private boolean randomKey(byte[] command, ReplySlot to) {
    int shards = link.topology().shards().size();
    int first = ThreadLocalRandom.current().nextInt(shards);
    randomKey(command, first, shards, shards, to);
    return true;
  }

  private void randomKey(byte[] command, int shard, int left, int shards, ReplySlot to) {
    link.send(
        ClusterLink.ofShard(shard % shards),
        command,
        command.length,
        WholeReply.then(
            reply -> {
              byte[] encoded = reply.encoded();
              boolean isNil = encoded[0] == '_' || (encoded[0] == '$' && encoded[1] == '-');
              if (isNil && left > 1) {
                randomKey(command, shard + 1, left - 1, shards, to);
              } else {
                Joins.deliver(encoded, to);
              }
            }));
  }

  /** Waits for the replies of all that were asked. */
  static final class Gather {
    private final @Nullable WholeReply[] replies;
    private final Consumer<List<WholeReply>> whole;
    private int left;

    Gather(int count, Consumer<List<WholeReply>> whole) {
      this.replies = new WholeReply[count];
      this.whole = whole;
      this.left = count;
    }

    ReplySlot slot(int index) {
      return WholeReply.then(
          reply -> {
            replies[index] = reply;
            if (--left == 0) {
              List<WholeReply> all = new ArrayList<>(replies.length);
              for (WholeReply each : replies) {
                all.add(Objects.requireNonNull(each));
              }
              whole.accept(all);
            }
          });
    }
  }
}
