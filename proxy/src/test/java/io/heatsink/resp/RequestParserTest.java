package io.heatsink.resp;

import static io.heatsink.resp.Wire.buffer;
import static io.heatsink.resp.Wire.bytes;
import static io.heatsink.resp.Wire.request;
import static io.heatsink.resp.Wire.words;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests, whole and cut anywhere, and what Redis says of those that are none. */
class RequestParserTest {

  private static final RespLimits REDIS = RespLimits.withRequestBytes(512 * 1024 * 1024);
  private static final long SEED = 20261122;

  private final RequestParser parser = new RequestParser(REDIS);

  /** All requests of a stream that comes in chunks ending at {@code cuts}. */
  private static List<List<String>> parse(String stream, int... cuts) {
    RequestParser parser = new RequestParser(REDIS);
    List<List<String>> requests = new ArrayList<>();
    ByteBuf in = Unpooled.buffer();
    byte[] all = bytes(stream);
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : all.length;
      in.writeBytes(all, from, to - from);
      from = to;
      drain(parser, in, requests);
      if (in.readerIndex() > 64) {
        in.discardReadBytes();
      }
    }
    assertThat(in.readableBytes()).as("bytes left over").isZero();
    assertThat(in.release()).isTrue();
    return requests;
  }

  private static void drain(RequestParser parser, ByteBuf in, List<List<String>> requests) {
    int result = parser.parse(in);
    while (result == RequestParser.REQUEST || result == RequestParser.NOTHING) {
      if (result == RequestParser.REQUEST) {
        requests.add(words(parser.request()));
      }
      in.readerIndex(parser.end());
      result = parser.parse(in);
    }
    assertThat(result).as(parser.error()).isEqualTo(RequestParser.INCOMPLETE);
  }

  private String error(String stream) {
    return error(parser, stream);
  }

  private static String error(RequestParser parser, String stream) {
    ByteBuf in = buffer(stream);
    int result = parser.parse(in);
    if (result == RequestParser.LARGE) {
      assertThat(parser.hold()).as(stream).isFalse();
    } else {
      assertThat(result).as(stream).isEqualTo(RequestParser.ERROR);
    }
    parser.reset();
    assertThat(in.release()).isTrue();
    return parser.error();
  }

  private void assertWaits(String stream) {
    ByteBuf in = buffer(stream);
    assertThat(parser.parse(in)).as(stream).isEqualTo(RequestParser.INCOMPLETE);
    parser.reset();
    assertThat(in.release()).isTrue();
  }

  @Test
  void aRequestIsItsBytes() {
    ByteBuf in = buffer("xx*2\r\n$3\r\nGET\r\n$3\r\na\r\n\r\ntail").skipBytes(2);
    assertThat(parser.parse(in)).isEqualTo(RequestParser.REQUEST);
    Request request = parser.request();
    assertThat(request.argc()).isEqualTo(2);
    assertThat(request.start()).isEqualTo(2);
    assertThat(Wire.text(request.encoded())).isEqualTo("*2\r\n$3\r\nGET\r\n$3\r\na\r\n\r\n");
    assertThat(request.length(1)).isEqualTo(3);
    assertThat(Wire.text(request.bytes(1))).isEqualTo("a\r\n");
    assertThat(request.is(0, "get")).isTrue();
    assertThat(request.hash(1)).isEqualTo(KeyHash.of(bytes("a\r\n")));
    assertThat(parser.end()).isEqualTo(in.writerIndex() - 4);
    assertThat(in.readerIndex()).as("moves no index").isEqualTo(2);
    in.release();
  }

  @Test
  void emptyWordsAreWords() {
    assertThat(parse("*3\r\n$0\r\n\r\n$1\r\na\r\n$0\r\n\r\n"))
        .containsExactly(List.of("", "a", ""));
  }

  @Test
  void emptyArraysAndLinesAreNothing() {
    assertThat(parse("*0\r\n*-1\r\n\r\n\n  \r\n*1\r\n$4\r\nPING\r\n*-7\r\n"))
        .containsExactly(List.of("PING"));
  }

  @Test
  void redisErrorTexts() {
    assertThat(error("*x\r\n")).isEqualTo("ERR Protocol error: invalid multibulk length");
    assertThat(error("*\r\n")).isEqualTo("ERR Protocol error: invalid multibulk length");
    assertThat(error("*+1\r\n")).isEqualTo("ERR Protocol error: invalid multibulk length");
    assertThat(error("*01\r\n")).isEqualTo("ERR Protocol error: invalid multibulk length");
    assertThat(error("*99999999999999999999\r\n"))
        .isEqualTo("ERR Protocol error: invalid multibulk length");
    assertThat(error("*1\r\n:1\r\n")).isEqualTo("ERR Protocol error: expected '$', got ':'");
    assertThat(error("*1\r\nGET\r\n")).isEqualTo("ERR Protocol error: expected '$', got 'G'");
    assertThat(error("*1\r\n$-1\r\n")).isEqualTo("ERR Protocol error: invalid bulk length");
    assertThat(error("*1\r\n$x\r\n")).isEqualTo("ERR Protocol error: invalid bulk length");
    assertThat(error("*1\r\n$\r\n")).isEqualTo("ERR Protocol error: invalid bulk length");
    assertThat(error("*1\r\n$536870913\r\n")).isEqualTo("ERR Protocol error: invalid bulk length");
    assertThat(error("*2\r\n$3\r\nGET\r\n$-1\r\n"))
        .isEqualTo("ERR Protocol error: invalid bulk length");
    assertThat(error("SET \"a b\r\n"))
        .isEqualTo("ERR Protocol error: unbalanced quotes in request");
  }

  /** Redis looks at the byte where a {@code $} must stand before it looks for anything else. */
  @Test
  void anEmptyLineInPlaceOfAWordIsAnError() {
    assertThat(error("*1\r\n\r\n")).isEqualTo("ERR Protocol error: expected '$', got '\r'");
    assertThat(error("*2\r\n$3\r\nGET\r\n\r\n"))
        .isEqualTo("ERR Protocol error: expected '$', got '\r'");
  }

  @Test
  void linesHaveALimit() {
    String digits = "1".repeat(64 * 1024);
    assertWaits("*" + digits.substring(1));
    assertThat(error("*" + digits)).isEqualTo("ERR Protocol error: too big mbulk count string");
    assertWaits("*1\r\n$" + digits.substring(1));
    assertThat(error("*1\r\n$" + digits))
        .isEqualTo("ERR Protocol error: too big bulk count string");
    assertWaits("x".repeat(64 * 1024));
    assertThat(error("x".repeat(64 * 1024 + 1)))
        .isEqualTo("ERR Protocol error: too big inline request");
  }

  @Test
  void requestsHaveALimit() {
    RequestParser small = new RequestParser(RespLimits.withRequestBytes(100));
    String fits = request(List.of("ECHO", "x".repeat(100 - 4 - 10 - 5 - 2)));
    assertThat(fits).hasSize(100);
    ByteBuf in = buffer(fits);
    assertThat(small.parse(in)).isEqualTo(RequestParser.REQUEST);
    in.release();
    assertThat(error(small, "*2\r\n$4\r\nECHO\r\n$80\r\n"))
        .isEqualTo("ERR Heatsink: request larger than clients.max-request-bytes");
    assertThat(error(small, "*2\r\n$4\r\nECHO\r\n$500000000\r\n"))
        .isEqualTo("ERR Heatsink: request larger than clients.max-request-bytes");
    RequestParser fewWords = new RequestParser(new RespLimits(3, 10, 100, 1000, 1000));
    assertThat(error(fewWords, "*4\r\n")).isEqualTo("ERR Protocol error: invalid multibulk length");
    assertThat(error(fewWords, "*1\r\n$11\r\n"))
        .isEqualTo("ERR Protocol error: invalid bulk length");
  }

  @Test
  void aLargeRequestIsPassedOnInPieces() {
    SplittableRandom random = new SplittableRandom(SEED);
    String stream = request(List.of("RPUSH", "k", "x".repeat(5_000), "", "y".repeat(70)));
    String next = request(List.of("PING"));
    for (int i = 0; i < 200; i++) {
      RequestParser small = new RequestParser(new RespLimits(10, 10_000, 100, 10_000, 40));
      ByteBuf in = buffer(stream + next);
      int whole = in.writerIndex();
      in.writerIndex(30 + random.nextInt(15));
      while (small.parse(in) == RequestParser.INCOMPLETE) {
        in.writerIndex(in.writerIndex() + 1);
      }
      assertThat(small.request().argc()).isEqualTo(2);
      assertThat(small.request().text(1)).isEqualTo("k");
      small.beginPass();
      StringBuilder passed = new StringBuilder();
      while (small.isPassing()) {
        int end = small.pass(in);
        passed.append(
            Wire.text(ByteBufUtil.getBytes(in, in.readerIndex(), end - in.readerIndex())));
        in.readerIndex(end);
        in.writerIndex(Math.min(whole, in.writerIndex() + random.nextInt(1 + random.nextInt(900))));
      }
      assertThat(passed.toString()).as("seed %d, %d", SEED, i).isEqualTo(stream);
      in.writerIndex(whole);
      assertThat(small.parse(in)).isEqualTo(RequestParser.REQUEST);
      in.release();
    }
  }

  @Test
  void whatIsPassedOnMustBeARequest() {
    RequestParser small = new RequestParser(new RespLimits(10, 10_000, 100, 10_000, 20));
    ByteBuf in = buffer("*4\r\n$4\r\nMSET\r\n$30\r\n" + "x".repeat(30) + "\r\n+3\r\n");
    assertThat(small.parse(in)).isEqualTo(RequestParser.LARGE);
    assertThat(small.parse(in)).as("seen again").isEqualTo(RequestParser.LARGE);
    small.beginPass();
    assertThat(small.pass(in)).isEqualTo(-1);
    assertThat(small.error()).isEqualTo("ERR Protocol error: expected '$', got '+'");
    in.release();
  }

  @Test
  void saysHowMuchItNeeds() {
    ByteBuf in = buffer("*2\r\n$3\r\nSET\r\n$1000\r\nabc");
    assertThat(parser.parse(in)).isEqualTo(RequestParser.INCOMPLETE);
    assertThat(parser.neededBytes()).isEqualTo(4 + 9 + 7 + 1000 + 2);
    in.release();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*3\r\n$3\r\nSET\r\n$2\r\nk\n\r\n$0\r\n\r\n",
        "*1\r\n$4\r\nPING\r\n*0\r\n*2\r\n$3\r\nGET\r\n$12\r\n*1\r\n$1\r\nx\r\n\r\n\r\n",
        "set key \"a b\\r\\n\\x41\" 'it\\'s'\r\n\r\nPING\n*1\r\n$4\r\nQUIT\r\n"
      })
  void cutAtEveryByteItIsTheSame(String stream) {
    List<List<String>> whole = parse(stream);
    for (int cut = 0; cut <= stream.length(); cut++) {
      assertThat(parse(stream, cut)).as("cut at %d", cut).isEqualTo(whole);
      for (int second = cut; second <= stream.length(); second++) {
        assertThat(parse(stream, cut, second)).as("%d, %d", cut, second).isEqualTo(whole);
      }
    }
  }

  @Test
  void randomStreamsInRandomChunks() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int round = 0; round < 300; round++) {
      List<List<String>> sent = new ArrayList<>();
      StringBuilder stream = new StringBuilder();
      for (int i = random.nextInt(20); i >= 0; i--) {
        List<String> words = new ArrayList<>();
        int argc = random.nextInt(4) == 0 ? random.nextInt(1, 600) : random.nextInt(1, 6);
        for (int k = 0; k < argc; k++) {
          words.add(Wire.random(random, argc > 6 ? 4 : 40));
        }
        sent.add(words);
        stream.append(request(words));
        if (random.nextInt(4) == 0) {
          stream.append(random.nextBoolean() ? "\r\n" : "*0\r\n");
        }
      }
      int[] cuts = random.ints(random.nextInt(30), 0, stream.length() + 1).sorted().toArray();
      assertThat(parse(stream.toString(), cuts))
          .as("seed %d, round %d", SEED, round)
          .isEqualTo(sent);
    }
  }

  @Test
  void manyWordsThenFew() {
    List<String> many = Collections.nCopies(100_000, "k");
    List<String> few = List.of("GET", "k");
    assertThat(parse(request(many) + request(few) + request(many) + request(few)))
        .containsExactly(many, few, many, few);
  }

  /** A count alone reserves nothing: there are clients that lie. */
  @Test
  void aHugeCountTakesNoRoomAhead() {
    RequestParser[] parsers = new RequestParser[2_000];
    ByteBuf in = buffer("*1048576\r\n$1\r\na\r\n");
    for (int i = 0; i < parsers.length; i++) {
      parsers[i] = new RequestParser(REDIS);
      assertThat(parsers[i].parse(in)).isEqualTo(RequestParser.INCOMPLETE);
      assertThat(parsers[i].neededBytes()).isEqualTo(17);
    }
    in.release();
    assertThat(error("*1048577\r\n")).isEqualTo("ERR Protocol error: invalid multibulk length");
  }

  @Test
  void inlineBecomesMultibulk() {
    ByteBuf in = buffer("set  a\t\"b c\" \r\n");
    assertThat(parser.parse(in)).isEqualTo(RequestParser.REQUEST);
    assertThat(Wire.text(parser.request().encoded()))
        .isEqualTo(request(List.of("set", "a", "b c")));
    assertThat(parser.end()).isEqualTo(in.writerIndex());
    in.release();
  }

  @Test
  void limitsHoldForRequestsThatLieThereWhole() {
    RequestParser narrow = new RequestParser(new RespLimits(3, 5, 100, 60, 60));
    assertThat(error(narrow, request(List.of("a", "b", "c", "d"))))
        .contains("invalid multibulk length");
    assertThat(error(narrow, request(List.of("sixsix", "b")))).contains("invalid bulk length");
    assertThat(error(narrow, request(List.of("a", "sixsix")))).contains("invalid bulk length");
    assertThat(
            error(
                new RequestParser(new RespLimits(3, 50, 100, 30, 30)),
                request(List.of("a", "b".repeat(20)))))
        .contains("larger than clients.max-request-bytes");
  }

  @Test
  void aRequestIsTheSameWholeAndByteByByte() {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] lengths = {0, 1, 9, 10, 11, 99, 100, 999, 1_000, 9_999, 10_000, 99_999, 100_000};
    for (int i = 0; i < 200; i++) {
      String[] words = new String[1 + random.nextInt(12)];
      for (int k = 0; k < words.length; k++) {
        int length = lengths[random.nextInt(random.nextInt(8) == 0 ? lengths.length : 6)];
        words[k] = "x".repeat(length);
      }
      String stream = request(List.of(words));
      int[] cuts = {1 + random.nextInt(stream.length() - 1)};
      assertThat(parse(stream)).as("seed %d, %d", SEED, i).containsExactly(List.of(words));
      assertThat(parse(stream, cuts)).as("seed %d, %d", SEED, i).containsExactly(List.of(words));
    }
  }
}
