package io.heatsink.upstream;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.GatherBuffer;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the backend that carries raw bytes, pipelined.
 *
 * <p>Confined to its event loop.
 */
@Sharable
public final class Pipe extends ChannelInboundHandlerAdapter implements Link, FlushQueue.Flushable {

  /*
   * Replies come in the order of the commands, so a queue of slots is all the bookkeeping there
   * is. Commands gather in one buffer that is written once an event-loop iteration. While the
   * connection is being made they gather as well, and are refused once an attempt has failed,
   * until the next attempt begins: a client never waits longer than one connect timeout. Nothing
   * is ever sent twice.
   */

  private enum State {
    IDLE,
    CONNECTING,
    READY,
    DOWN,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Pipe.class);
  private static final int COPY_LIMIT_BYTES = 16 * 1024;
  private static final int OUT_INITIAL_BYTES = 4 * 1024;
  private static final int MAX_GATHERED_BYTES = 16 * 1024 * 1024;

  /** What tells a message from a reply, and how long a string is. */
  private static final int MESSAGE_PREFIX_BYTES = 128;

  private static final int LENGTH_PREFIX_BYTES = 16;
  private final Backend backend;
  private final PipeKey key;
  private final boolean isShared;
  private final int number;
  private final Frames frames = new Frames();
  final SlotQueue pending;
  private final ArrayDeque<Runnable> waitingForRoom = new ArrayDeque<>();
  private final List<Consumer<byte @Nullable []>> openListeners = new ArrayList<>();
  private State state = State.IDLE;
  private @Nullable Channel channel;
  private @Nullable Handshake handshake;
  private final GatherBuffer out = new GatherBuffer(OUT_INITIAL_BYTES);
  private int gatheredBytes;
  private int unsent;
  private boolean unwritable;
  private boolean dirty;
  private boolean stranger;
  private final Identity identity = new Identity(this);
  private boolean tunnel;
  private boolean reading = true;
  private boolean frameIsOutOfBand;
  private @Nullable Owner owner;
  private final Backoff backoff = new Backoff();
  private byte[] whyDown = ErrorReplies.NOT_SENT;
  private @Nullable Invalidations invalidations;
  int references;

  Pipe(Backend backend, PipeKey key, boolean isShared, int number) {
    this.backend = backend;
    this.key = key;
    this.isShared = isShared;
    this.number = number;
    this.pending = new SlotQueue(backend.clock());
  }

  @Override
  public PipeKey key() {
    return key;
  }

  /** Whether it is connected and greeted. */
  public boolean isReady() {
    return state == State.READY;
  }

  /** Whether it was closed, or lost and not to be made again. */
  public boolean isClosed() {
    return state == State.CLOSED;
  }

  @Override
  public boolean isStranger() {
    return stranger;
  }

  /** Who gets the next reply, or null if no command waits for one. */
  public @Nullable ReplySlot next() {
    return pending.peek();
  }

  @Override
  public void whenOpen(Consumer<byte @Nullable []> listener) {
    if (state == State.READY) {
      listener.accept(null);
    } else if (state == State.CLOSED || state == State.DOWN) {
      listener.accept(whyDown);
    } else {
      openListeners.add(listener);
      open();
    }
  }

  /** Who has this connection to itself, or null. */
  public void owner(@Nullable Owner session) {
    owner = session;
  }

  /** Whether to take what comes from the backend, or to leave it there. */
  public void reading(boolean on) {
    reading = on;
    if (channel != null && state == State.READY) {
      channel.config().setAutoRead(on);
    }
  }

  /** As what the backend knows this connection. */
  public Identity identity() {
    return identity;
  }

  /** Passes all that comes to the owner as it is, once all that was sent so far is answered. */
  public void tunnel() {
    tunnel = true;
  }

  /** Whether {@link #tunnel} was called. */
  public boolean isTunnel() {
    return tunnel;
  }

  /** Who has the backend track what this reads. */
  void trackedBy(Invalidations tracker) {
    invalidations = tracker;
  }

  @Override
  public @Nullable Tracking tracking() {
    Invalidations tracker = invalidations;
    return tracker == null || state != State.READY ? null : tracker.promise(this);
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public boolean isDown() {
    return state != State.READY && backoff.isUnderWay();
  }

  @Override
  public boolean isFull() {
    return pending.size() >= backend.maxPending()
        || gatheredBytes > MAX_GATHERED_BYTES
        || (unwritable && state == State.READY);
  }

  @Override
  public void whenRoom(Runnable resume) {
    waitingForRoom.add(resume);
  }

  @Override
  public void send(Request request, ReplySlot slot) {
    if (accepts(slot)) {
      pass(request.buffer(), request.start(), request.length());
      queued(slot);
    }
  }

  @Override
  public void send(byte[] encoded, int length, ReplySlot slot) {
    if (accepts(slot)) {
      out.room(length).writeBytes(encoded, 0, length);
      gatheredBytes += length;
      backend.stats().backendBytesOut += length;
      queued(slot);
    }
  }

  /** Sends bytes as they came, of whose slot others take care; they are copied or retained. */
  public void pass(ByteBuf from, int index, int length) {
    open();
    if (state == State.DOWN || state == State.CLOSED) {
      return;
    }
    if (length <= COPY_LIMIT_BYTES || state != State.READY) {
      out.room(length).writeBytes(from, index, length);
    } else {
      writeGathered();
      Channel to = Objects.requireNonNull(channel);
      to.write(from.retainedSlice(index, length), to.voidPromise());
    }
    gatheredBytes += length;
    backend.stats().backendBytesOut += length;
    markDirty();
  }

  private boolean accepts(ReplySlot slot) {
    open();
    if (state == State.DOWN || state == State.CLOSED) {
      backend.stats().backendErrors++;
      slot.fail(whyDown);
      return false;
    }
    return true;
  }

  private void queued(ReplySlot slot) {
    pending.add(slot);
    unsent++;
    backend.stats().backendCommands++;
    markDirty();
  }

  private void markDirty() {
    if (!dirty && state == State.READY) {
      dirty = true;
      backend.flushes().add(this);
    }
  }

  private void writeGathered() {
    ByteBuf gathered = out.take();
    if (gathered != null) {
      Channel to = Objects.requireNonNull(channel);
      to.write(gathered, to.voidPromise());
    }
  }

  @Override
  public void flush() {
    dirty = false;
    Channel to = channel;
    if (state == State.READY && to != null) {
      writeGathered();
      gatheredBytes = 0;
      unsent = 0;
      to.flush();
    }
  }

  @Override
  public void open() {
    if (state == State.IDLE) {
      connect();
    }
  }

  private void connect() {
    state = State.CONNECTING;
    ChannelFuture connecting = backend.dialer().dial(this);
    connecting.addListener(
        done -> {
          if (!done.isSuccess() && state != State.CLOSED) {
            lost(ErrorReplies.unreachable(backend.name(), done.cause()));
          }
        });
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    backend.clock().refresh();
    channel = context.channel();
    unwritable = false;
    if (state == State.CLOSED) {
      context.close();
      return;
    }
    backend.stats().backendConnections++;
    Handshake steps = new Handshake(key, backend.isReplica());
    handshake = steps;
    if (steps.isDone()) {
      opened();
    } else {
      steps.write(context.channel());
    }
  }

  private void opened() {
    handshake = null;
    state = State.READY;
    backoff.reset();
    reading(reading);
    LOG.debug("connected to {} as {}", backend.name(), key.credentials());
    tellOpen(null);
    flush();
  }

  private void tellOpen(byte @Nullable [] error) {
    List<Consumer<byte @Nullable []>> listeners = List.copyOf(openListeners);
    openListeners.clear();
    listeners.forEach(listener -> listener.accept(error));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    backend.clock().refresh();
    ByteBuf bytes = (ByteBuf) message;
    if (context.channel() != channel) {
      bytes.release();
      return;
    }
    backend.stats().backendBytesIn += bytes.readableBytes();
    bytes = frames.join(bytes);
    try {
      read(bytes);
    } finally {
      bytes.release();
    }
    makeRoom();
  }

  private void read(ByteBuf bytes) {
    int at = bytes.readerIndex();
    int to = bytes.writerIndex();
    while (at < to && channel != null) {
      if (tunnel && frames.ends() && pending.size() == 0 && owner != null && handshake == null) {
        owner.outOfBand(bytes, at, to - at, true);
        return;
      }
      int end = frames.cut(bytes, at, to, prefixBytes());
      if (end == Frames.MALFORMED) {
        LOG.warn("{} sent bytes that are no reply; closing the connection", backend.name());
        lost(ErrorReplies.CONNECTION_LOST);
        return;
      }
      if (end == Frames.KEPT) {
        return;
      }
      if (frames.begins()) {
        frameIsOutOfBand = isOutOfBand(bytes, at, end - at);
      }
      deliver(bytes, at, end - at, frames.ends());
      at = end;
    }
  }

  private int prefixBytes() {
    Owner session = owner;
    return session != null && session.isListening() ? MESSAGE_PREFIX_BYTES : LENGTH_PREFIX_BYTES;
  }

  private boolean isOutOfBand(ByteBuf bytes, int at, int length) {
    if (handshake != null) {
      return false;
    }
    Owner session = owner;
    if (session == null || !session.isListening()) {
      return bytes.getByte(at) == '>';
    }
    return session.claims(bytes, at, length);
  }

  private void deliver(ByteBuf bytes, int at, int length, boolean last) {
    Handshake greeting = handshake;
    if (frameIsOutOfBand) {
      if (owner != null) {
        owner.outOfBand(bytes, at, length, last);
      }
    } else if (greeting != null) {
      greeting.part(bytes, at, length, last);
      if (greeting.error() != null) {
        key.credentials().refused(greeting.error());
        lost(greeting.error());
      } else if (greeting.isDone()) {
        stranger = greeting.isStranger();
        opened();
      }
    } else {
      if (!last && frames.begins() && isShared) {
        offer();
      }
      ReplySlot slot = last ? pending.poll() : pending.peek();
      if (slot == null) {
        LOG.warn("{} sent a reply that nobody asked for; closing", backend.name());
        lost(ErrorReplies.CONNECTION_LOST);
      } else {
        slot.part(bytes, at, length, last);
      }
    }
  }

  /** A long reply begins; while it waits for a slow client, so would all behind it. */
  private void offer() {
    ReplySlot slot = pending.peek();
    if (slot != null && slot.declines(frames.missingBytes())) {
      pending.replaceHead(ReplySlot.NOBODY);
    }
  }

  private void makeRoom() {
    if (!waitingForRoom.isEmpty() && (state != State.READY || !isFull())) {
      for (int left = waitingForRoom.size(); left > 0; left--) {
        waitingForRoom.remove().run();
      }
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    backend.clock().refresh();
    if (context.channel() == channel) {
      unwritable = !context.channel().isWritable();
    }
    makeRoom();
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    backend.clock().refresh();
    if (context.channel() == channel) {
      lost(ErrorReplies.CONNECTION_LOST);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    Throwable why = backend.failed(cause);
    if (state == State.CONNECTING && context.channel() == channel) {
      lost(ErrorReplies.unreachable(backend.name(), why));
    }
    context.close();
  }

  /** Closes for good; commands under way are answered with an error. */
  public void close() {
    if (state != State.CLOSED) {
      end(State.CLOSED, ErrorReplies.CONNECTION_LOST);
    }
  }

  private void lost(byte[] why) {
    if (state == State.DOWN || state == State.CLOSED) {
      return;
    }
    boolean wasReady = state == State.READY;
    end(isShared ? State.DOWN : State.CLOSED, why);
    if (state == State.DOWN) {
      if (wasReady) {
        LOG.info("connection to {} lost; connecting again", backend.name());
      }
      backend.loop().schedule(this::retry, backoff.nextMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void end(State next, byte[] why) {
    boolean wasReady = state == State.READY;
    state = next;
    boolean isCut = why == ErrorReplies.CONNECTION_LOST;
    whyDown = isCut ? ErrorReplies.unreachable(backend.name(), "connection lost") : why;
    handshake = null;
    Channel old = channel;
    channel = null;
    if (old != null) {
      backend.stats().backendConnections--;
      old.close();
    }
    if (invalidations != null) {
      invalidations.lost(this);
    }
    failPending(wasReady, why);
    tellOpen(whyDown);
    makeRoom();
    Owner session = owner;
    if (session != null) {
      owner = null;
      session.lost(wasReady);
    }
  }

  private void failPending(boolean wasReady, byte[] why) {
    int sent = wasReady ? pending.size() - unsent : 0;
    byte[] unsentWhy = why == ErrorReplies.CONNECTION_LOST ? ErrorReplies.NOT_SENT : why;
    unsent = 0;
    gatheredBytes = 0;
    out.release();
    frames.clear();
    for (int i = 0, total = pending.size(); i < total; i++) {
      ReplySlot slot = pending.poll();
      if (slot != null) {
        backend.stats().backendErrors++;
        slot.fail(i < sent ? why : unsentWhy);
      }
    }
  }

  private void retry() {
    backend.clock().refresh();
    if (state == State.DOWN) {
      backend.stats().backendReconnects++;
      state = State.IDLE;
      connect();
    }
  }

  @Override
  public String toString() {
    return backend.name();
  }
}
