package io.heatsink.reply;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.cache.WriteGuard;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.LaneClock;
import io.heatsink.command.Looks;
import io.heatsink.fake.Latin;
import io.heatsink.journal.SlowLog;
import io.heatsink.metrics.LaneStats;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replies that come in any order go out in the order of the requests. */
class ReplyQueueTest {
  private static final int MAX_OUTPUT_BYTES = 200_000;
  private static final int LARGE = 100_000;

  /** Counts what it is told. */
  private static final class Counting implements ReplyQueue.Listener {
    int drained;
    int overLimit;
    final List<ClientPlace> askedAgain = new ArrayList<>();

    @Override
    public void drained() {
      drained++;
    }

    @Override
    public void advanced() {}

    @Override
    public void askAgain(ClientPlace place) {
      askedAgain.add(place);
    }

    @Override
    public void overLimit(long bytes) {
      overLimit++;
    }
  }

  /** A reply under way: its bytes so far, and the place that it goes to. */
  private static final class Open {
    final ClientPlace place;
    final String reply;
    int at;

    Open(ClientPlace place, String reply) {
      this.place = place;
      this.reply = reply;
    }
  }

  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false);
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Counting listener = new Counting();
  private final WriteGuard guard = new WriteGuard();
  private final LaneReplies lane =
      new LaneReplies(
          new FlushQueue(tasks::add),
          new LaneClock(),
          new LaneStats(),
          new SlowLog(0),
          MAX_OUTPUT_BYTES,
          LARGE);
  private final ReplyQueue queue;
  private final StringBuilder out = new StringBuilder();

  ReplyQueueTest() {
    channel.config().setAllocator(allocator);
    queue = lane.of(channel, listener);
  }

  private void answer(String reply, boolean silent) {
    queue.answer(Latin.bytes("junk" + reply + "junk"), 4, reply.length(), silent);
  }

  private void flush() {
    while (!tasks.isEmpty()) {
      tasks.remove().run();
    }
    for (ByteBuf sent = channel.readOutbound(); sent != null; sent = channel.readOutbound()) {
      byte[] bytes = new byte[sent.readableBytes()];
      sent.readBytes(bytes);
      out.append(Latin.text(bytes));
      sent.release();
    }
  }

  private static String reply(int number, int length) {
    return "$"
        + length
        + "\r\n"
        + String.valueOf((char) ('a' + number % 26)).repeat(length)
        + "\r\n";
  }

  private static void part(ClientPlace place, String bytes, boolean last) {
    ByteBuf lent = Unpooled.copiedBuffer(Latin.bytes("<" + bytes + ">"));
    place.part(lent, 1, bytes.length(), last);
    assertThat(lent.refCnt()).as("small parts are copied").isEqualTo(1);
    lent.release();
  }

  @AfterEach
  void nothingLeaks() {
    channel.finishAndReleaseAll();
    assertThat(allocator.metric().usedDirectMemory()).isZero();
    assertThat(allocator.metric().usedHeapMemory()).isZero();
  }

  @Test
  void theHeadStreamsTheOthersWait() {
    ClientPlace first = queue.reserve(false);
    ClientPlace second = queue.reserve(false);
    ClientPlace third = queue.reserve(false);
    third.complete(Latin.bytes("+3\r\n"));
    part(second, "+", false);
    part(first, "$5\r\nab", false);
    flush();
    assertThat(out).as("the rest is on its way").asString().isEmpty();
    queue.uncork();
    flush();
    assertThat(out).asString().isEqualTo("$5\r\nab");
    part(first, "cde\r\n", true);
    flush();
    queue.uncork();
    flush();
    assertThat(out).asString().isEqualTo("$5\r\nabcde\r\n+");
    part(second, "2\r\n", true);
    flush();
    assertThat(out).asString().isEqualTo("$5\r\nabcde\r\n+2\r\n+3\r\n");
    assertThat(queue.isEmpty()).isTrue();
    assertThat(listener.drained).isEqualTo(1);
    answer("+4\r\n", false);
    flush();
    assertThat(out).asString().endsWith("+3\r\n+4\r\n");
  }

  /** Of another connection than the replies. */
  @Test
  void aFrameThatAnswersNothingComesBetweenReplies() {
    ClientPlace first = queue.reserve(false);
    ClientPlace second = queue.reserve(false);
    queue.push(Latin.bytes(">1"));
    part(first, "$3\r\na", false);
    queue.push(Latin.bytes(">2"));
    part(second, "$3\r\nd", false);
    queue.push(Latin.bytes(">3"));
    part(first, "bc\r\n", true);
    queue.push(Latin.bytes(">4"));
    part(second, "ef\r\n", true);
    ByteBuf pushed = Unpooled.copiedBuffer(Latin.bytes(">56"));
    queue.push(pushed, 0, 2, false);
    queue.push(Latin.bytes(">7"));
    queue.push(pushed, 2, 1, true);
    flush();
    assertThat(out).asString().isEqualTo(">1$3\r\nabc\r\n$3\r\ndef\r\n>2>3>4>56>7");
  }

  @Test
  void aReadIsUnderWayUntilItIsAnswered() {
    assertThat(queue.looks().any()).isFalse();
    queue.looks().at(7, 70);
    assertThat(queue.looks().any()).as("nothing is under way").isFalse();
    ClientPlace first = queue.reserve(false);
    queue.looks().at(7, 70);
    ClientPlace second = queue.reserve(false);
    queue.looks().at(8, 80);
    queue.looks().at(8, 81);
    ClientPlace third = queue.reserve(false);
    assertThat(queue.looks().of(7)).isEqualTo(70);
    assertThat(queue.looks().of(9)).isEqualTo(Looks.NONE);
    part(first, "+1\r\n", true);
    assertThat(queue.looks().of(8)).isEqualTo(Looks.SEVERAL);
    part(second, "+2\r\n", true);
    assertThat(queue.looks().any()).isFalse();
    part(third, "+3\r\n", true);
    flush();
  }

  /** As of a client whose library has the commands of many threads on one connection. */
  @Test
  void readsOfAClientThatAlwaysHasSomeUnderWayEndOneByOne() {
    ClientPlace waiting = queue.reserve(false);
    queue.looks().at(0, 100);
    for (int key = 1; key <= 1_000; key++) {
      ClientPlace next = queue.reserve(false);
      queue.looks().at(key, key);
      part(waiting, "+1\r\n", true);
      waiting = next;
      assertThat(queue.looks().of(key)).isEqualTo(key);
      assertThat(queue.looks().of(key - 1L)).isEqualTo(Looks.NONE);
    }
    part(waiting, "+1\r\n", true);
    flush();
  }

  @Test
  void whatHasNoRoomIsTakenForAnyKey() {
    List<ClientPlace> places = new ArrayList<>();
    for (long key = 0; key < 5; key++) {
      places.add(queue.reserve(false));
      queue.looks().at(key << 32, 7);
    }
    assertThat(queue.looks().of(4L << 32)).isEqualTo(Looks.SEVERAL);
    assertThat(queue.looks().of(99)).isEqualTo(Looks.SEVERAL);
    part(places.get(0), "+1\r\n", true);
    places.add(queue.reserve(false));
    queue.looks().at(4L << 32, 8);
    assertThat(queue.looks().of(4L << 32)).as("it found no room before").isEqualTo(Looks.SEVERAL);
    places.subList(1, places.size()).forEach(place -> part(place, "+1\r\n", true));
    assertThat(queue.looks().any()).isFalse();
    flush();
  }

  @Test
  void aSilentReplyIsSwallowed() {
    ClientPlace silent = queue.reserve(true);
    answer("+2\r\n", false);
    answer("+3\r\n", true);
    part(silent, "+1\r\n", true);
    flush();
    assertThat(out).asString().isEqualTo("+2\r\n");
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void halfAReplyEndsTheConnection() {
    ClientPlace place = queue.reserve(false);
    part(place, "$9\r\nab", false);
    place.fail(Latin.bytes("-ERR lost\r\n"));
    flush();
    assertThat(channel.isOpen()).isFalse();
    assertThat(out).asString().doesNotContain("lost");
    queue.abandon();
  }

  @Test
  void aClientThatTakesNothingIsCutOff() {
    queue.reserve(false);
    ClientPlace second = queue.reserve(false);
    String piece = "x".repeat(15_000);
    for (int i = 0; i < 13; i++) {
      part(second, piece, false);
    }
    assertThat(listener.overLimit).isZero();
    part(second, piece, false);
    assertThat(listener.overLimit).isEqualTo(1);
    assertThat(channel.isOpen()).isFalse();
    queue.abandon();
    part(second, piece, true);
  }

  @Test
  void closesOnceAllIsSaid() {
    ClientPlace place = queue.reserve(false);
    queue.closeWhenDrained();
    flush();
    assertThat(channel.isOpen()).isTrue();
    place.complete(Latin.bytes("+bye\r\n"));
    flush();
    channel.runPendingTasks();
    assertThat(out).asString().isEqualTo("+bye\r\n");
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void writesEndWithTheFirstByteAlsoOfAClientThatHasGone() {
    ClientPlace one = queue.reserve(false);
    ClientPlace many = queue.reserve(false);
    ClientPlace all = queue.reserve(true);
    guard.begin(1L << 32, 1);
    guard.begin(2L << 32, 1);
    guard.begin(3L << 32, 1);
    guard.beginEverything(1);
    one.ends(guard, 1L << 32);
    many.ends(guard, new long[] {2L << 32, 3L << 32});
    all.ends(guard, new long[0]);
    part(all, "+", false);
    assertThat(guard.isQuiet(4L << 32)).isTrue();
    part(one, "+", false);
    assertThat(guard.isQuiet(1L << 32)).isTrue();
    queue.abandon();
    assertThat(guard.isQuiet(2L << 32)).isFalse();
    many.fail(Latin.bytes("-ERR\r\n"));
    assertThat(guard.isQuiet(2L << 32)).isTrue();
    assertThat(guard.isQuiet(3L << 32)).isTrue();
    part(one, "1\r\n", true);
    part(all, "3\r\n", true);
  }

  /** Random replies in random parts and order; in some rounds the client leaves half-way. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void repliesLeaveInRequestOrder(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Open> open = new ArrayList<>();
    StringBuilder expected = new StringBuilder();
    int leaveAt = random.nextBoolean() ? random.nextInt(5_000) : -1;
    boolean gone = false;
    for (int step = 0; step < 5_000; step++) {
      if (step == leaveAt) {
        queue.abandon();
        gone = true;
      }
      if (!gone && random.nextInt(5) < 2 && open.size() < 20) {
        request(random, step, open, expected);
      } else if (!open.isEmpty()) {
        answer(random, open);
      }
      if (random.nextInt(20) == 0) {
        flush();
      }
    }
    while (!open.isEmpty()) {
      answer(random, open);
    }
    flush();
    String all = expected.toString();
    if (gone) {
      assertThat(all).as("seed %d", seed).startsWith(out.toString());
    } else {
      assertThat(out.toString()).as("seed %d", seed).isEqualTo(all);
      assertThat(queue.size()).isZero();
    }
  }

  private void request(SplittableRandom random, int step, List<Open> open, StringBuilder expected) {
    boolean silent = random.nextInt(8) == 0;
    String reply = reply(step, random.nextInt(30) == 0 ? 6_000 : random.nextInt(30));
    if (!silent) {
      expected.append(reply);
    }
    if (random.nextInt(4) == 0) {
      answer(reply, silent);
    } else {
      open.add(new Open(queue.reserve(silent), reply));
    }
  }

  private static void answer(SplittableRandom random, List<Open> open) {
    int which = random.nextInt(open.size());
    Open one = open.get(which);
    int left = one.reply.length() - one.at;
    if (one.at == 0 && random.nextInt(3) == 0) {
      one.place.complete(Latin.bytes(one.reply));
      open.remove(which);
      return;
    }
    int length = random.nextBoolean() ? left : random.nextInt(1, left + 1);
    if (length == left) {
      open.remove(which);
    }
    part(one.place, one.reply.substring(one.at, one.at + length), length == left);
    one.at += length;
  }

  @Test
  void aLargeReplyIsDeclinedByWhoCanAskAgain() {
    ClientPlace place = queue.reserve(false);
    queue.reads(7, true);
    assertThat(place.declines(LARGE)).isFalse();
    assertThat(lane.large().isEmpty()).isTrue();
    assertThat(place.declines(LARGE + 1)).isTrue();
    assertThat(lane.large().contains(7)).isTrue();
    assertThat(listener.askedAgain).containsExactly(place);
    part(place, "+1\r\n", true);
    flush();
    assertThat(out).asString().isEqualTo("+1\r\n");
  }

  @Test
  void aLargeReplyIsTakenWhereItMustBe() {
    ClientPlace write = queue.reserve(false);
    assertThat(write.declines(LARGE + 1)).as("it is no read").isFalse();
    part(write, "+1\r\n", true);
    ClientPlace unkept = queue.reserve(false);
    queue.reads(7, false);
    assertThat(unkept.declines(LARGE + 1)).isFalse();
    assertThat(lane.large().contains(7)).isTrue();
    part(unkept, "+2\r\n", true);
    ClientPlace first = queue.reserve(false);
    queue.reads(8, true);
    ClientPlace second = queue.reserve(false);
    queue.reads(9, false);
    assertThat(first.declines(LARGE + 1)).as("another has been sent behind it").isFalse();
    part(first, "+3\r\n", true);
    assertThat(second.declines(LARGE + 1)).isFalse();
    part(second, "+4\r\n", true);
    ClientPlace silent = queue.reserve(true);
    queue.reads(10, true);
    assertThat(silent.declines(LARGE + 1)).as("nobody waits for it").isFalse();
    part(silent, "+5\r\n", true);
    flush();
    assertThat(out).asString().isEqualTo("+1\r\n+2\r\n+3\r\n+4\r\n");
    assertThat(listener.askedAgain).isEmpty();
  }

  @Test
  void whatComesInManyPartsIsFoundLargeAsItComes() {
    ClientPlace place = queue.reserve(false);
    queue.reads(7, true);
    String piece = "x".repeat(10_000);
    for (int i = 0; i < LARGE / 10_000; i++) {
      part(place, piece, false);
    }
    assertThat(lane.large().isEmpty()).isTrue();
    part(place, piece, false);
    assertThat(lane.large().contains(7)).isTrue();
    part(place, piece, true);
    flush();
  }

  @Test
  void whatWaitsBehindAReadDoesNotWaitForItsSecondTry() {
    ClientPlace place = queue.reserve(false);
    List<Long> landed = new ArrayList<>();
    place.lands((number, slot) -> landed.add(number), 5);
    queue.reads(7, true);
    assertThat(place.declines(LARGE + 1)).isTrue();
    assertThat(landed).containsExactly(5L);
    part(place, "+1\r\n", true);
    assertThat(landed).containsExactly(5L);
    flush();
  }

  @Test
  void whoHasGoneAsksForNothing() {
    ClientPlace place = queue.reserve(false);
    queue.reads(7, true);
    queue.abandon();
    assertThat(place.declines(LARGE + 1)).isFalse();
    part(place, "+1\r\n", true);
    assertThat(listener.askedAgain).isEmpty();
  }
}
