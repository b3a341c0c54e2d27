package io.heatsink.reply;

import io.heatsink.command.FlushQueue;
import io.heatsink.command.GatherBuffer;
import io.heatsink.command.Looks;
import io.heatsink.metrics.LaneStats;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Replies of one client in the order of its requests. Confined to its event loop.
 *
 * <p>Bytes gather in one buffer that is written once an event-loop iteration.
 */
public final class ReplyQueue implements FlushQueue.Flushable {

  /** Told when nothing is left to answer. */
  public interface Listener {
    void drained();

    /** A command has been answered and others wait. */
    void advanced();

    /**
     * The reply to the only request that is not answered is large, and declined: the request is to
     * be sent again, on a connection that nobody else waits on.
     */
    void askAgain(ClientPlace place);

    /** The client takes its replies too slowly; the connection is being closed. */
    void overLimit(long bytes);
  }

  private static final int OUT_INITIAL_BYTES = 1024;
  private static final int COPY_LIMIT_BYTES = 16 * 1024;
  private static final int CORK_LIMIT_BYTES = 16 * 1024;

  private final Channel channel;
  private final LaneReplies lane;
  private final FlushQueue flushes;
  private final LaneStats stats;
  private final PlacePool pool;
  private final Corks corks;
  private final int maxBytes;
  private final Listener listener;
  private @Nullable ClientPlace head;
  private @Nullable ClientPlace tail;
  private int size;

  private final ReadsUnderWay reads = new ReadsUnderWay();
  private final GatherBuffer out = new GatherBuffer(OUT_INITIAL_BYTES);
  private final ArrayDeque<byte[]> pushes = new ArrayDeque<>(0);
  private boolean isMidPush;
  private long heldBytes;
  private boolean dirty;
  private boolean closing;
  private boolean gone;
  private boolean overLimit;

  /** Which of the client's batches is being taken in, and which one what has gathered begins in. */
  private int batch;

  private int gatheredBatch;
  private int answeredAtOnce;
  private int gatheredBytes;
  private boolean corked;

  ReplyQueue(Channel channel, LaneReplies lane, Listener listener) {
    this.channel = channel;
    this.lane = lane;
    this.flushes = lane.flushes;
    this.stats = lane.stats;
    this.pool = lane.places;
    this.corks = lane.corks;
    this.maxBytes = lane.maxBytes;
    this.listener = listener;
  }

  /** The address of the client. */
  String client() {
    return channel.remoteAddress() instanceof InetSocketAddress inet
        ? NetUtil.toSocketAddressString(inet)
        : "";
  }

  /** Whether all requests so far are answered. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** Requests that are not answered yet. */
  public int size() {
    return size;
  }

  boolean isHead(ClientPlace place) {
    return head == place;
  }

  /** Whether no other request waits for an answer. */
  boolean isOnly(ClientPlace place) {
    return head == place && size == 1;
  }

  LaneReplies lane() {
    return lane;
  }

  /**
   * Says of the place taken last that its request is a read.
   *
   * @param hash what tells the read from others, nearly; not 0
   * @param isKept whether the listener can send it again, as long as it is the only one
   */
  public void reads(long hash, boolean isKept) {
    ClientPlace place = tail;
    if (place != null) {
      place.reads(hash, isKept);
    }
  }

  void askAgain(ClientPlace place) {
    listener.askAgain(place);
  }

  /** Takes the next place; a silent one swallows its reply. */
  public ClientPlace reserve(boolean silent) {
    ClientPlace place = pool.take(this, batch, silent);
    ClientPlace last = tail;
    if (last == null) {
      head = place;
    } else {
      last.next = place;
    }
    tail = place;
    size++;
    reads.taken();
    return place;
  }

  /** The client's reads that are not answered yet. */
  public Looks looks() {
    return reads;
  }

  /** An answer known at once: written now if nothing stands before it. */
  public void answer(byte[] reply, int from, int length, boolean silent) {
    answeredAtOnce++;
    if (size == 0) {
      if (!silent) {
        append(reply, from, length);
      }
    } else {
      reserve(silent).complete(reply, from, length);
    }
  }

  void append(byte[] reply, int from, int length) {
    if (!gone) {
      gather(length);
      out.room(length).writeBytes(reply, from, length);
      markDirty();
    }
  }

  /**
   * A frame that answers no command, or a part of it: it comes before every reply that is owed, and
   * from the connection that the replies come from, so that it is never in the middle of one.
   */
  public void push(ByteBuf bytes, int index, int length, boolean last) {
    append(bytes, index, length);
    isMidPush = !last;
    if (last && !pushes.isEmpty()) {
      releasePushes();
    }
  }

  /** A whole frame of another connection: what is being written comes to its end first. */
  public void push(byte[] frame) {
    if (isMidFrame()) {
      pushes.add(frame);
      holds(frame.length);
    } else {
      append(frame, 0, frame.length);
    }
  }

  private boolean isMidFrame() {
    ClientPlace first = head;
    return isMidPush || (first != null && first.isStarted());
  }

  private void releasePushes() {
    while (!pushes.isEmpty() && !isMidFrame()) {
      byte[] frame = pushes.remove();
      holds(-frame.length);
      append(frame, 0, frame.length);
    }
  }

  void append(ByteBuf bytes, int index, int length) {
    if (gone) {
      return;
    }
    gather(length);
    if (length <= COPY_LIMIT_BYTES) {
      out.room(length).writeBytes(bytes, index, length);
    } else {
      writeGathered();
      stats.clientBytesOut += length;
      channel.write(bytes.retainedSlice(index, length), channel.voidPromise());
    }
    markDirty();
  }

  private void markDirty() {
    if (!dirty) {
      dirty = true;
      flushes.add(this);
    }
  }

  /** The head is answered: it leaves, and with it all behind it that are answered too. */
  void advance() {
    ClientPlace place = head;
    while (place != null) {
      place.release(this);
      if (!place.isDone()) {
        break;
      }
      ClientPlace next = place.next;
      head = next;
      if (next == null) {
        tail = null;
      }
      size--;
      reads.answered();
      place.recycle();
      place = next;
    }
    if (!pushes.isEmpty()) {
      releasePushes();
    }
    if (size == 0) {
      listener.drained();
    } else {
      listener.advanced();
    }
  }

  /** Counts bytes that wait behind an unanswered request. */
  void holds(int bytes) {
    heldBytes += bytes;
    if (heldBytes > maxBytes) {
      overLimit(heldBytes);
    }
  }

  private void overLimit(long bytes) {
    if (!gone && !overLimit) {
      overLimit = true;
      stats.clientsClosedOverLimit++;
      listener.overLimit(bytes);
      channel.close();
    }
  }

  /** Closes the connection: half a reply cannot be completed. */
  void breakOff() {
    channel.close();
  }

  /** Closes the connection once all that is owed has been written. */
  public void closeWhenDrained() {
    closing = true;
    markDirty();
  }

  private void gather(int bytes) {
    if (gatheredBytes == 0) {
      ClientPlace answered = head;
      gatheredBatch = answered == null ? batch : answered.batch();
    }
    gatheredBytes += bytes;
  }

  /** What the client sends from now on came later than what it has sent. */
  public void nextBatch() {
    batch++;
  }

  @Override
  public void flush() {
    dirty = false;
    if (answeredAtOnce > 0) {
      stats.recordLatency(0, answeredAtOnce);
      answeredAtOnce = 0;
    }
    if (gone) {
      return;
    }
    if (isMidBatch() && gatheredBytes < CORK_LIMIT_BYTES && !closing) {
      cork();
      return;
    }
    write();
  }

  private void write() {
    corked = false;
    gatheredBytes = 0;
    if (gone) {
      return;
    }
    writeGathered();
    if (closing && size == 0) {
      channel.writeAndFlush(channel.alloc().buffer(0)).addListener(ChannelFutureListener.CLOSE);
      return;
    }
    channel.flush();
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    if (pending != null && pending.totalPendingWriteBytes() + heldBytes > maxBytes) {
      overLimit(pending.totalPendingWriteBytes() + heldBytes);
    }
  }

  /** Whether what has gathered answers the head of a batch whose rest is on its way. */
  private boolean isMidBatch() {
    ClientPlace waiting = head;
    return waiting != null && waiting.batch() == gatheredBatch;
  }

  private void cork() {
    if (!corked) {
      corked = true;
      corks.hold(this, channel.eventLoop());
    }
  }

  /** The rest has taken too long. */
  void uncork() {
    if (corked) {
      write();
    }
  }

  private void writeGathered() {
    ByteBuf gathered = out.take();
    if (gathered != null) {
      stats.clientBytesOut += gathered.readableBytes();
      channel.write(gathered, channel.voidPromise());
    }
  }

  /** The client is gone: replies under way go nowhere. */
  public void abandon() {
    gone = true;
    pushes.clear();
    out.release();
    ClientPlace place = head;
    head = null;
    tail = null;
    size = 0;
    while (place != null) {
      ClientPlace next = place.next;
      place.orphan();
      place = next;
    }
  }
}
