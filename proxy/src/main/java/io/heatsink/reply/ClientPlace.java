package io.heatsink.reply;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.Landings;
import io.heatsink.command.Place;
import io.heatsink.command.Writes;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * One request's place in its client's reply order. Confined to its event loop.
 *
 * <p>At the head of the queue its reply goes straight to the client; behind it the reply is held.
 * It outlives a client that leaves: the reply then goes nowhere, and the write it guards still
 * ends.
 */
public final class ClientPlace implements Place {

  private final PlacePool pool;
  private final @Nullable Trail trail;
  private @Nullable ReplyQueue queue;
  private int batch;
  private boolean isSilent;
  private boolean isDone;
  private boolean isStarted;
  private long startNanos;
  private long read;
  private boolean isKept;
  private long receivedBytes;
  private @Nullable ByteBuf held;
  private byte @Nullable [] whole;
  private int wholeFrom;
  private int wholeLength;
  private @Nullable Writes writes;
  private long writtenKey;
  private long @Nullable [] writtenKeys;
  private @Nullable Landings landings;
  private long landing;
  private boolean landsFirst;

  /** The place behind this one. */
  @Nullable ClientPlace next;

  ClientPlace(PlacePool pool) {
    this.pool = pool;
    this.trail = pool.newTrail();
  }

  void prepare(ReplyQueue of, int ofBatch, boolean silent, long nowNanos) {
    queue = of;
    batch = ofBatch;
    isSilent = silent;
    isDone = false;
    isStarted = false;
    read = 0;
    startNanos = nowNanos;
    next = null;
    if (trail != null) {
      trail.clear();
    }
  }

  /** Says what it is the place of, so that it can be told of should it be slow; lends both. */
  public void names(CommandSpec spec, Request request) {
    if (trail != null && !spec.handling().mayWait()) {
      trail.begins(spec, request);
    }
  }

  void reads(long hash, boolean kept) {
    read = hash;
    isKept = kept;
    receivedBytes = 0;
  }

  /** Which batch of its client it came in. */
  int batch() {
    return batch;
  }

  long startNanos() {
    return startNanos;
  }

  boolean isDone() {
    return isDone;
  }

  /** Whether a part of its reply has come, and not all. */
  boolean isStarted() {
    return isStarted && !isDone;
  }

  @Override
  public void ends(Writes told, long keyHash) {
    writes = told;
    writtenKey = keyHash;
    writtenKeys = null;
  }

  @Override
  public void ends(Writes told, long[] keyHashes) {
    writes = told;
    writtenKeys = keyHashes;
  }

  @Override
  public void lands(Landings told, long number) {
    landings = told;
    landing = number;
    landsFirst = false;
  }

  @Override
  public void landsFirst(Landings told, long number) {
    landings = told;
    landing = number;
    landsFirst = true;
  }

  /*
   * The bytes of a large reply wait in our memory if the client takes them slowly, because others
   * wait behind them on the shared connection. So the read is remembered: the next time it travels
   * alone, on a connection that is read as fast as the client reads. This time it is read again
   * there if that makes no difference: if the client has sent nothing behind it.
   */
  @Override
  public boolean declines(long bytes) {
    ReplyQueue to = queue;
    if (to == null || read == 0 || isSilent || !to.lane().isLarge(bytes)) {
      return false;
    }
    to.lane().large().add(read);
    to.lane().sizes().replied(read, bytes);
    if (!isKept || !to.isOnly(this)) {
      return false;
    }
    land();
    to.askAgain(this);
    return true;
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    endWrites();
    if (landsFirst) {
      land();
    }
    ReplyQueue to = queue;
    if (to != null && !isSilent) {
      if (to.isHead(this)) {
        to.append(bytes, index, length);
      } else {
        hold(to, bytes, index, length);
      }
    }
    isStarted = true;
    if (last) {
      if (read != 0 && to != null) {
        to.lane().sizes().replied(read, receivedBytes + length);
      }
      done();
    } else if (read != 0 && to != null) {
      count(to, length);
    }
  }

  private void count(ReplyQueue to, int bytes) {
    receivedBytes += bytes;
    if (to.lane().isLarge(receivedBytes)) {
      to.lane().large().add(read);
      to.lane().sizes().replied(read, receivedBytes);
      read = 0;
    }
  }

  @Override
  public void complete(byte[] reply) {
    complete(reply, 0, reply.length);
  }

  void complete(byte[] reply, int from, int length) {
    endWrites();
    if (queue != null && !isSilent) {
      whole = reply;
      wholeFrom = from;
      wholeLength = length;
      if (read != 0) {
        queue.lane().sizes().replied(read, length);
      }
    }
    done();
  }

  @Override
  public void fail(byte[] error) {
    ReplyQueue to = queue;
    if (isStarted && to != null) {
      // Half a reply is out: nothing can be said any more that the client would understand.
      endWrites();
      to.breakOff();
      done();
      return;
    }
    complete(error);
  }

  private void hold(ReplyQueue to, ByteBuf bytes, int index, int length) {
    ByteBuf kept = held;
    if (kept == null) {
      kept = ByteBufAllocator.DEFAULT.buffer(length);
      held = kept;
    }
    kept.writeBytes(bytes, index, length);
    to.holds(length);
  }

  private void endWrites() {
    Writes told = writes;
    if (told == null) {
      return;
    }
    writes = null;
    long[] many = writtenKeys;
    if (many == null) {
      told.end(writtenKey);
    } else if (many.length == 0) {
      told.endEverything();
    } else {
      for (long hash : many) {
        told.end(hash);
      }
    }
    writtenKeys = null;
  }

  private void done() {
    isDone = true;
    if (trail != null) {
      trail.replied();
    }
    if (landsFirst) {
      landings = null;
    }
    land();
    ReplyQueue to = queue;
    if (to == null) {
      recycle();
    } else if (to.isHead(this)) {
      to.advance();
    }
  }

  private void land() {
    Landings told = landings;
    if (told != null) {
      landings = null;
      told.landed(landing, this);
    }
  }

  /** Writes what is held, on becoming head. */
  void release(ReplyQueue to) {
    ByteBuf kept = held;
    if (kept != null) {
      held = null;
      to.holds(-kept.readableBytes());
      to.append(kept, kept.readerIndex(), kept.readableBytes());
      kept.release();
    }
    byte[] reply = whole;
    if (reply != null) {
      whole = null;
      to.append(reply, wholeFrom, wholeLength);
    }
  }

  /** The client is gone. */
  void orphan() {
    queue = null;
    ByteBuf kept = held;
    if (kept != null) {
      held = null;
      kept.release();
    }
    whole = null;
    if (isDone) {
      recycle();
    }
  }

  void recycle() {
    ReplyQueue of = queue;
    if (trail != null && of != null) {
      pool.ends(this, trail, of);
    }
    queue = null;
    pool.put(this);
  }
}
