package io.heatsink.resp;

import static io.heatsink.resp.Wire.buffer;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.redis.RedisArrayAggregator;
import io.netty.handler.codec.redis.RedisBulkStringAggregator;
import io.netty.handler.codec.redis.RedisDecoder;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where replies end, in one piece or in many. */
class ReplyFramerTest {

  private static final long SEED = 20261122;

  /** The replies of a stream that comes in chunks ending at {@code cuts}. */
  private static List<String> frames(String stream, int... cuts) {
    ReplyFramer framer = new ReplyFramer();
    ByteBuf in = buffer(stream);
    List<String> frames = new ArrayList<>();
    int begin = 0;
    int at = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : stream.length();
      while (at < to) {
        int end = framer.end(in, at, to);
        assertThat(end).isNotEqualTo(ReplyFramer.MALFORMED);
        if (end == ReplyFramer.INCOMPLETE) {
          break;
        }
        frames.add(Wire.text(in, begin, end));
        begin = end;
        at = end;
      }
      at = to;
    }
    assertThat(begin).as("bytes left over").isEqualTo(stream.length());
    assertThat(in.release()).isTrue();
    return frames;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+OK\r\n",
        "+\r\n",
        "-ERR no $5\r\n",
        ":-123\r\n",
        "$0\r\n\r\n",
        "$5\r\n\r\n+*\n\r\n",
        "$-1\r\n",
        "*-1\r\n",
        "*0\r\n",
        "*3\r\n:1\r\n$-1\r\n*0\r\n",
        "*2\r\n*2\r\n+a\r\n*0\r\n*1\r\n$3\r\nabc\r\n",
        "_\r\n",
        "#t\r\n",
        ",-1.5e10\r\n",
        "(3492890328409238509324850943850943825024385\r\n",
        "!5\r\nERR x\r\n",
        "=7\r\ntxt:a\r\n\r\n",
        "%0\r\n",
        "%2\r\n+a\r\n:1\r\n+b\r\n*1\r\n_\r\n",
        "~2\r\n+a\r\n~1\r\n#f\r\n",
        ">2\r\n+invalidate\r\n_\r\n",
        "|1\r\n+ttl\r\n:3600\r\n$1\r\nx\r\n",
        "|0\r\n+OK\r\n",
        "*2\r\n|1\r\n+a\r\n%1\r\n:1\r\n:2\r\n:7\r\n:8\r\n"
      })
  void everyTypeCutAtEveryByte(String reply) {
    assertThat(frames(reply)).containsExactly(reply);
    String three = "+a\r\n" + reply + ":1\r\n";
    for (int cut = 0; cut <= three.length(); cut++) {
      assertThat(frames(three, cut))
          .as("cut at %d", cut)
          .containsExactly("+a\r\n", reply, ":1\r\n");
    }
    int[] everywhere = new int[three.length()];
    for (int i = 0; i < everywhere.length; i++) {
      everywhere[i] = i;
    }
    assertThat(frames(three, everywhere)).containsExactly("+a\r\n", reply, ":1\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x", "\r\n", "$x\r\n", "*1\r\nx", "$1x\r\n", "*99999999999999\r\n", "$?\r\n"})
  void malformed(String bytes) {
    ReplyFramer framer = new ReplyFramer();
    ByteBuf in = buffer(bytes);
    assertThat(framer.end(in, 0, in.writerIndex())).isEqualTo(ReplyFramer.MALFORMED);
    in.release();
  }

  @Test
  void nestingHasALimit() {
    ReplyFramer framer = new ReplyFramer();
    ByteBuf in = buffer("*1\r\n".repeat(32_768) + "+OK\r\n");
    assertThat(framer.end(in, 0, in.writerIndex())).isEqualTo(in.writerIndex());
    in.release();
    ByteBuf deeper = buffer("*1\r\n".repeat(32_769) + "+OK\r\n");
    assertThat(framer.end(deeper, 0, deeper.writerIndex())).isEqualTo(ReplyFramer.MALFORMED);
    deeper.release();
  }

  @Test
  void resetForgets() {
    ReplyFramer framer = new ReplyFramer();
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 1_000; i++) {
      String reply = reply(random, 4, true);
      ByteBuf in = buffer(reply);
      framer.end(in, 0, random.nextInt(reply.length()));
      framer.reset();
      assertThat(framer.end(in, 0, reply.length())).as("seed %d", SEED).isEqualTo(reply.length());
      in.release();
    }
  }

  @Test
  void randomRepliesInRandomChunks() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 1_000; round++) {
      List<String> sent = new ArrayList<>();
      for (int i = random.nextInt(10); i >= 0; i--) {
        sent.add(reply(random, 4, true));
      }
      String stream = String.join("", sent);
      int[] cuts = random.ints(random.nextInt(20), 0, stream.length()).sorted().toArray();
      assertThat(frames(stream, cuts)).as("seed %d, round %d", SEED, round).isEqualTo(sent);
    }
  }

  /** Netty's own decoder, which knows RESP2, ends its messages at the same bytes. */
  @Test
  void agreesWithNetty() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 500; round++) {
      String reply = reply(random, 3, false);
      EmbeddedChannel netty =
          new EmbeddedChannel(
              new RedisDecoder(),
              new RedisBulkStringAggregator(),
              new RedisArrayAggregator(1024, 16));
      String all = reply + reply(random, 2, false);
      int end = frames(all).get(0).length();
      netty.writeInbound(Unpooled.copiedBuffer(Wire.bytes(all.substring(0, end - 1))));
      assertThat(netty.inboundMessages()).as("seed %d: %s", SEED, reply).isEmpty();
      netty.writeInbound(Unpooled.copiedBuffer(Wire.bytes(all.substring(end - 1, end))));
      assertThat(netty.inboundMessages()).as("seed %d: %s", SEED, reply).hasSize(1);
      netty.inboundMessages().forEach(ReferenceCountUtil::release);
      netty.inboundMessages().clear();
      netty.close();
    }
  }

  private static String reply(SplittableRandom random, int depth, boolean resp3) {
    int kind = random.nextInt(depth == 0 ? (resp3 ? 9 : 5) : (resp3 ? 13 : 6));
    if (!resp3 && kind == 5) {
      return aggregate(random, '*', 1, depth, false);
    }
    return switch (kind) {
      case 0 -> "+" + line(random) + "\r\n";
      case 1 -> "-" + line(random) + "\r\n";
      case 2 -> ":" + random.nextLong() + "\r\n";
      case 3 -> blob('$', random);
      case 4 -> random.nextBoolean() ? "$-1\r\n" : "*-1\r\n";
      case 5 -> "_\r\n";
      case 6 -> blob('!', random);
      case 7 -> blob('=', random);
      case 8 -> "," + random.nextDouble() + "\r\n";
      case 9 -> aggregate(random, '*', 1, depth, true);
      case 10 -> aggregate(random, '%', 2, depth, true);
      case 11 -> aggregate(random, '~', 1, depth, true);
      default -> aggregate(random, '|', 2, depth, true) + reply(random, depth - 1, true);
    };
  }

  private static String aggregate(
      SplittableRandom random, char type, int width, int depth, boolean resp3) {
    int size = random.nextInt(4);
    StringBuilder out = new StringBuilder().append(type).append(size).append("\r\n");
    for (int i = 0; i < size * width; i++) {
      out.append(reply(random, depth - 1, resp3));
    }
    return out.toString();
  }

  private static String blob(char type, SplittableRandom random) {
    String body = Wire.random(random, 20);
    return type + "" + body.length() + "\r\n" + body + "\r\n";
  }

  private static String line(SplittableRandom random) {
    return Wire.random(random, 12).replaceAll("[\r\n\\x80-\\xff]", ".");
  }
}
