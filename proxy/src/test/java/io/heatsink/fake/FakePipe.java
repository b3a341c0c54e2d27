package io.heatsink.fake;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A connection to a fake Redis whose every step the test takes: write, run, reply, break. */
public final class FakePipe implements Upstream {

  private record Sent(List<String> words, ReplySlot slot) {}

  private record Ran(String reply, ReplySlot slot) {}

  private static final AtomicInteger MADE = new AtomicInteger();

  private final int number = MADE.incrementAndGet();
  private final FakeRedis redis;
  private final ArrayDeque<Sent> wire = new ArrayDeque<>();
  private final ArrayDeque<Ran> replies = new ArrayDeque<>();
  private final List<String> log = new ArrayList<>();
  private @Nullable List<List<String>> transaction;
  private boolean isTracked;
  private @Nullable Tracking tracking;
  private boolean down;
  private boolean caching;

  public FakePipe(FakeRedis redis) {
    this.redis = redis;
  }

  /** Every command sent so far, words parted by spaces. */
  public List<String> log() {
    return log;
  }

  /** Commands that have no reply yet. */
  public int pending() {
    return wire.size() + replies.size();
  }

  @Override
  public boolean isDown() {
    return down;
  }

  @Override
  public int number() {
    return number;
  }

  /** Has what is read on this connection tracked, whenever it is up. */
  public FakePipe tracked() {
    isTracked = true;
    tracking = new Tracking(redis::whenTold);
    return this;
  }

  @Override
  public @Nullable Tracking tracking() {
    return tracking;
  }

  @Override
  public void send(Request request, ReplySlot slot) {
    send(Latin.words(request), slot);
  }

  @Override
  public void send(byte[] encoded, int length, ReplySlot slot) {
    ByteBuf copy = Unpooled.wrappedBuffer(Arrays.copyOf(encoded, length));
    send(Latin.words(Latin.parse(copy)), slot);
  }

  private void send(List<String> words, ReplySlot slot) {
    if (down) {
      slot.fail(ErrorReplies.NOT_SENT);
      return;
    }
    log.add(String.join(" ", words));
    wire.add(new Sent(words, slot));
  }

  /** Has Redis run the next command; false if there is none. */
  public boolean run() {
    Sent sent = wire.poll();
    if (sent == null) {
      return false;
    }
    replies.add(new Ran(execute(sent.words()), sent.slot()));
    return true;
  }

  private String execute(List<String> words) {
    List<List<String>> queued = transaction;
    String name = words.get(0).toUpperCase(Locale.ROOT);
    if (name.equals("CLIENT")) {
      caching = true;
      return "+OK\r\n";
    }
    if (caching) {
      caching = false;
      redis.track(this, words.get(1));
    }
    redis.runs(this);
    if (name.equals("MULTI")) {
      transaction = new ArrayList<>();
      return "+OK\r\n";
    }
    if (queued == null) {
      return redis.execute(words);
    }
    if (!name.equals("EXEC")) {
      queued.add(words);
      return "+QUEUED\r\n";
    }
    transaction = null;
    StringBuilder out = new StringBuilder("*" + queued.size() + "\r\n");
    queued.forEach(one -> out.append(redis.execute(one)));
    return out.toString();
  }

  /** Delivers the next reply whole; false if there is none. */
  public boolean reply() {
    Ran ran = replies.poll();
    if (ran == null) {
      return false;
    }
    ByteBuf bytes = Unpooled.wrappedBuffer(Latin.bytes("junk" + ran.reply() + "junk"));
    ran.slot().part(bytes, 4, ran.reply().length(), true);
    return true;
  }

  /** Delivers the next reply in random parts; false if there is none. */
  public boolean reply(SplittableRandom random) {
    Ran ran = replies.poll();
    if (ran == null) {
      return false;
    }
    ByteBuf bytes = Unpooled.wrappedBuffer(Latin.bytes(ran.reply()));
    int length = ran.reply().length();
    int at = 0;
    while (at < length) {
      int part = random.nextBoolean() ? length - at : random.nextInt(1, length - at + 1);
      ran.slot().part(bytes, at, part, at + part == length);
      at += part;
    }
    return true;
  }

  /** Runs and answers everything, also what is sent meanwhile. */
  public void settle() {
    boolean more = true;
    while (more) {
      more = run() || reply();
    }
  }

  /** Loses the connection: Redis has run some of what was sent, and no more replies come. */
  public void disconnect() {
    down = true;
    transaction = null;
    caching = false;
    redis.forget(this);
    if (tracking != null) {
      tracking.lose();
      tracking = null;
    }
    while (!replies.isEmpty()) {
      replies.remove().slot().fail(ErrorReplies.CONNECTION_LOST);
    }
    while (!wire.isEmpty()) {
      wire.remove().slot().fail(ErrorReplies.CONNECTION_LOST);
    }
  }

  public void connect() {
    down = false;
    if (isTracked && tracking == null) {
      tracking = new Tracking(redis::whenTold);
    }
  }

  @Override
  public boolean isFull() {
    return false;
  }

  @Override
  public void whenRoom(Runnable resume) {
    throw new AssertionError("never full");
  }
}
