package io.heatsink.upstream;

import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.WriteGuard;
import io.heatsink.command.ErrorReplies;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.command.OwnWords;
import io.heatsink.command.ReplySlot;
import io.heatsink.fake.FakePlace;
import io.heatsink.fake.Latin;
import io.heatsink.metrics.LaneStats;
import io.heatsink.metrics.TrackingState;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.local.LocalChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pipe on a channel that the test holds both ends of. */
class PipeTest {

  private static final long SEED = 20261122;
  private static final PipeKey PLAIN = new PipeKey(Credentials.NONE, 0, false);

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final LaneStats stats = new LaneStats();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final List<FakePlace> places = new ArrayList<>();

  /** A pipe whose channel the test hands to it: no address is ever looked up. */
  private Pipe pipe(PipeKey key, boolean shared) {
    Backend backend =
        new Backend(
            channel.eventLoop(),
            pipe ->
                new Bootstrap()
                    .group(channel.eventLoop())
                    .channelFactory(LocalChannel::new)
                    .handler(pipe)
                    .connect(),
            "redis:6379",
            100,
            new FlushQueue(tasks::add),
            new WriteGuard(),
            new LaneClock(),
            stats,
            new TrackingState());
    return new Pipe(backend, key, shared, 1);
  }

  private Pipe ready() {
    Pipe pipe = pipe(PLAIN, true);
    channel.pipeline().addLast(pipe);
    channel.pipeline().fireChannelActive();
    assertThat(written())
        .as("asks whether it is let in")
        .isEqualTo("*1\r\n$4\r\n" + OwnWords.PING + "\r\n");
    receive("+PONG\r\n");
    assertThat(pipe.isReady()).isTrue();
    assertThat(pipe.isStranger()).isFalse();
    return pipe;
  }

  private FakePlace send(Pipe pipe, String... words) {
    FakePlace place = new FakePlace();
    places.add(place);
    pipe.send(request(words), place);
    return place;
  }

  private void flush() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
  }

  private String written() {
    StringBuilder all = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      all.append(Latin.text(bytes));
      out.release();
    }
    return all.toString();
  }

  private void receive(String bytes) {
    ByteBuf in = Unpooled.copiedBuffer(Latin.bytes(bytes));
    channel.writeInbound(in);
    assertThat(in.refCnt()).as("what came is released").isZero();
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  @Test
  void commandsOfOneIterationAreOneWriteInOrder() {
    Pipe pipe = ready();
    send(pipe, "GET", "a");
    FakePlace own = new FakePlace();
    pipe.send(Replies.request("PTTL", "a"), own);
    send(pipe, "GET", "b");
    assertThat(channel.outboundMessages()).isEmpty();
    flush();
    assertThat(channel.outboundMessages()).hasSize(1);
    assertThat(written())
        .isEqualTo(
            Latin.text(request("GET", "a").encoded())
                + Latin.text(request("PTTL", "a").encoded())
                + Latin.text(request("GET", "b").encoded()));
    receive("+1\r\n:2\r\n$1\r\n3\r\n");
    assertThat(places.get(0).reply()).isEqualTo("+1\r\n");
    assertThat(own.reply()).isEqualTo(":2\r\n");
    assertThat(places.get(1).reply()).isEqualTo("$1\r\n3\r\n");
    assertThat(pipe.next()).isNull();
  }

  @Test
  void aLargeRequestKeepsItsPlace() {
    Pipe pipe = ready();
    String large = "x".repeat(100_000);
    send(pipe, "GET", "a");
    Request set = request("SET", "a", large);
    FakePlace place = new FakePlace();
    pipe.send(set, place);
    send(pipe, "GET", "b");
    flush();
    assertThat(written())
        .isEqualTo(
            Latin.text(request("GET", "a").encoded())
                + Latin.text(request("SET", "a", large).encoded())
                + Latin.text(request("GET", "b").encoded()));
    receive("+1\r\n+2\r\n+3\r\n");
    assertThat(place.reply()).isEqualTo("+2\r\n");
    assertThat(places.get(1).reply()).isEqualTo("+3\r\n");
    assertThat(set.buffer().refCnt()).as("what was lent is given back").isEqualTo(1);
  }

  @Test
  void repliesInRandomPieces() {
    Pipe pipe = ready();
    SplittableRandom random = new SplittableRandom(SEED);
    StringBuilder stream = new StringBuilder();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      send(pipe, "GET", "k" + i);
      String reply = i % 3 == 0 ? "*2\r\n:" + i + "\r\n$-1\r\n" : "$3\r\n\r\n" + i % 10 + "\r\n";
      expected.add(reply);
      stream.append(reply);
    }
    flush();
    written();
    int at = 0;
    while (at < stream.length()) {
      int to = Math.min(stream.length(), at + 1 + random.nextInt(12));
      receive(stream.substring(at, to));
      at = to;
    }
    for (int i = 0; i < 90; i++) {
      assertThat(places.get(i).reply()).as("seed %d", SEED).isEqualTo(expected.get(i));
    }
  }

  @Test
  void aLostConnectionTellsWhatWasWrittenFromWhatWasNot() {
    Pipe pipe = ready();
    send(pipe, "GET", "a");
    send(pipe, "GET", "b");
    flush();
    send(pipe, "GET", "c");
    receive("+1\r\n");
    channel.pipeline().fireChannelInactive();
    assertThat(places.get(0).reply()).isEqualTo("+1\r\n");
    assertThat(Latin.bytes(places.get(1).reply())).isEqualTo(ErrorReplies.CONNECTION_LOST);
    assertThat(Latin.bytes(places.get(2).reply())).isEqualTo(ErrorReplies.NOT_SENT);
    assertThat(send(pipe, "GET", "d").reply())
        .isEqualTo("-ERR Heatsink: backend redis:6379 is unreachable (connection lost)\r\n");
    assertThat(pipe.next()).isNull();
    assertThat(stats.backendConnections).isZero();
    written();
  }

  @Test
  void aConnectionLostBeforeItWasGreetedHasCarriedNothing() {
    Pipe pipe = pipe(PLAIN, true);
    channel.pipeline().addLast(pipe);
    channel.pipeline().fireChannelActive();
    channel.pipeline().fireChannelInactive();
    assertThat(send(pipe, "GET", "b").reply())
        .isEqualTo("-ERR Heatsink: backend redis:6379 is unreachable (connection lost)\r\n");
    written();
  }

  @Test
  void halfAReplyIsFailedToo() {
    Pipe pipe = ready();
    FakePlace place = send(pipe, "GET", "a");
    flush();
    receive("$10\r\nabc");
    channel.pipeline().fireChannelInactive();
    assertThat(place.isFailed()).isTrue();
    written();
  }

  @Test
  void bytesThatAreNoReplyEndTheConnection() {
    Pipe pipe = ready();
    FakePlace place = send(pipe, "GET", "a");
    flush();
    receive("HTTP/1.1 400\r\n");
    assertThat(place.isFailed()).isTrue();
    assertThat(pipe.isReady()).isFalse();
    assertThat(channel.isOpen()).isFalse();
    written();
  }

  @Test
  void aReplyThatNobodyAskedForEndsTheConnection() {
    Pipe pipe = ready();
    receive("+OK\r\n+OK\r\n");
    assertThat(pipe.isReady()).isFalse();
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void theHandshakeGoesAheadOfWhatWaits() {
    Pipe pipe = pipe(new PipeKey(new Credentials("joe", "secret"), 3, true), false);
    channel.pipeline().addLast(pipe);
    channel.pipeline().fireChannelActive();
    String greeting = written();
    assertThat(greeting).isEqualTo(Latin.text(Replies.request(OwnWords.SELECT, "3")));
    receive("-NOAUTH Authentication required.\r\n");
    assertThat(written())
        .isEqualTo(
            Latin.text(Replies.request("HELLO", "3", "AUTH", "joe", "secret"))
                + Latin.text(Replies.request(OwnWords.SELECT, "3")));
    assertThat(pipe.isReady()).isFalse();
    receive("%1\r\n+proto\r\n:3\r\n+O");
    assertThat(pipe.isReady()).isFalse();
    receive("K\r\n");
    assertThat(pipe.isReady()).isTrue();
    FakePlace place = send(pipe, "GET", "a");
    flush();
    receive(">2\r\n+invalidate\r\n_\r\n_\r\n");
    assertThat(place.reply()).as("a push answers no command").isEqualTo("_\r\n");
    written();
  }

  @Test
  void aRefusedHandshakeIsTold() {
    Pipe pipe = pipe(new PipeKey(new Credentials(null, "wrong"), 0, false), false);
    channel.pipeline().addLast(pipe);
    channel.pipeline().fireChannelActive();
    receive("-WRONGPASS no\r\n");
    assertThat(pipe.isReady()).isFalse();
    List<String> told = new ArrayList<>();
    pipe.whenOpen(error -> told.add(error == null ? "open" : Latin.text(error)));
    assertThat(told).containsExactly("-WRONGPASS no\r\n");
    assertThat(send(pipe, "GET", "a").reply()).isEqualTo("-WRONGPASS no\r\n");
    written();
  }

  @Test
  void fullIsFullUntilRepliesCome() {
    Pipe pipe = ready();
    for (int i = 0; i < 100; i++) {
      assertThat(pipe.isFull()).isFalse();
      send(pipe, "GET", "a");
    }
    assertThat(pipe.isFull()).isTrue();
    int[] resumed = {0};
    pipe.whenRoom(() -> resumed[0]++);
    flush();
    receive("+1\r\n");
    receive("+2\r\n");
    assertThat(resumed[0]).isEqualTo(1);
    pipe.whenRoom(() -> resumed[0]++);
    pipe.close();
    assertThat(resumed[0]).as("also when the connection is gone").isEqualTo(2);
    assertThat(places).allMatch(FakePlace::isDone);
    written();
  }

  @Test
  void closedItTakesNothing() {
    Pipe pipe = ready();
    pipe.close();
    assertThat(send(pipe, "GET", "a").isFailed()).isTrue();
    assertThat(channel.isOpen()).isFalse();
  }

  /** Declines what is longer than 1,000 bytes, and fails where it gets any of it. */
  private static final class Declining implements ReplySlot {
    final List<Long> declined = new ArrayList<>();

    @Override
    public boolean declines(long bytes) {
      declined.add(bytes);
      return bytes > 1000;
    }

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {
      throw new AssertionError("declined");
    }

    @Override
    public void fail(byte[] error) {
      throw new AssertionError("declined");
    }
  }

  @Test
  void whatIsDeclinedGoesNowhere() {
    Pipe pipe = ready();
    String body = "x".repeat(100_000);
    for (int cut = 1; cut < 12; cut++) {
      Declining slot = new Declining();
      pipe.send(request("GET", "a"), slot);
      FakePlace next = send(pipe, "GET", "b");
      flush();
      String reply = "$100000\r\n" + body + "\r\n";
      receive(reply.substring(0, cut));
      receive(reply.substring(cut, 50_000));
      assertThat(slot.declined).as("cut at %d", cut).hasSize(1);
      receive(reply.substring(50_000) + "+2\r\n");
      assertThat(next.reply()).isEqualTo("+2\r\n");
      assertThat(pipe.next()).isNull();
    }
    written();
  }

  @Test
  void onlyAStringIsOfferedAndItsLossIsNobodys() {
    Pipe pipe = ready();
    FakePlace array = send(pipe, "LRANGE", "a", "0", "-1");
    flush();
    receive("*1\r\n$5000\r\n" + "x".repeat(100));
    receive("x".repeat(4900) + "\r\n");
    assertThat(array.isDone()).isTrue();
    Declining lost = new Declining();
    pipe.send(request("GET", "a"), lost);
    flush();
    receive("$5000\r\n" + "x".repeat(100));
    assertThat(lost.declined).containsExactly(4902L);
    channel.pipeline().fireChannelInactive();
    written();
  }
}
