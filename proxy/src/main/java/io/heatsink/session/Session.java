package io.heatsink.session;

import static io.heatsink.session.Waits.BARRIER;
import static io.heatsink.session.Waits.CLOSING;
import static io.heatsink.session.Waits.PINNING;
import static io.heatsink.session.Waits.PIPELINE_FULL;
import static io.heatsink.session.Waits.UNWRITABLE;
import static io.heatsink.session.Waits.UPSTREAM_FULL;

import io.heatsink.client.ClientInfo;
import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.Deferred;
import io.heatsink.command.Looks;
import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.reply.ClientPlace;
import io.heatsink.reply.ReplyQueue;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.upstream.Link;
import io.heatsink.upstream.Pipe;
import io.heatsink.upstream.PipeKey;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Objects;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** One client's connection. Confined to its event loop. */
public final class Session extends ChannelInboundHandlerAdapter
    implements Client, ReplyQueue.Listener {

  /*
   * A request is handled whole before the next is looked at, so the order of the client's requests
   * is the order in which rooms see them. Where a request must wait (for a transaction's
   * connection, for a login, for room upstream) the session stops parsing: bytes stay where they
   * are, and soon the socket is not read either, so that the client itself is held back.
   */

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final LaneContext lane;
  private final RequestParser parser;
  private final ConnectionCommands commands;
  private final Pin pin;
  private final long id;
  private @Nullable Channel channel;
  private @Nullable ReplyQueue queue;
  private final Input input = new Input();
  private Link pipe;
  private int user;
  private boolean resp3;
  private int waits;
  private boolean processing;
  private boolean waited;
  private boolean inputEnded;
  private boolean reading = true;
  private @Nullable Deferred deferred;
  private final ArrayDeque<Runnable> afterDrain = new ArrayDeque<>(0);
  private final Description description;
  private final Freshness freshness;
  private final Passage passage;
  private final LargeReads largeReads;
  private final OneNode view;
  private final Departure departure;
  private final int maxPipeline;

  public Session(LaneContext lane, Link pipe, long id) {
    this.lane = lane;
    this.pipe = pipe;
    this.id = id;
    this.parser = new RequestParser(lane.limits());
    this.commands = new ConnectionCommands(this, lane);
    this.pin = new Pin(this, lane);
    this.freshness = new Freshness(lane.freshNameSuffix());
    this.passage = new Passage(this, pin, commands, parser, lane);
    this.largeReads = new LargeReads(this, pin, lane);
    this.view = new OneNode(this, lane);
    this.departure = new Departure(this);
    this.maxPipeline = lane.maxPipeline().getAsInt();
    this.description = new Description(this, pin, lane.clock());
    adopt(pipe);
  }

  private void adopt(Link to) {
    pipe = to;
    PipeKey key = to.key();
    user = lane.users().number(key.credentials());
    resp3 = key.isResp3();
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    channel = context.channel();
    view.reachedAt(context.channel().localAddress());
    queue = lane.replies().of(context.channel(), this);
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    lane.own().add(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    lane.clock().refresh();
    description.heard();
    ByteBuf bytes = (ByteBuf) message;
    lane.stats().clientBytesIn += bytes.readableBytes();
    input.add(bytes, parser.neededBytes());
    queue().nextBatch();
    process();
  }

  /** Handles requests until none is whole or the session must wait. */
  private void process() {
    if (processing) {
      return;
    }
    processing = true;
    try {
      ByteBuf in = input.bytes();
      while (in != null && waits == 0 && step(in)) {
        in = input.bytes();
      }
    } catch (RuntimeException bug) {
      LOG.error("session {} failed; closing it", id, bug);
      close();
    } finally {
      processing = false;
      settle();
    }
  }

  /** One request; false when there is none to handle. */
  private boolean step(ByteBuf in) {
    if (queue().size() >= maxPipeline) {
      await(PIPELINE_FULL);
      return false;
    }
    if (parser.isPassing()) {
      return passage.goOn(in);
    }
    parser.stranger(clients().isStranger(pipe));
    switch (parser.parse(in)) {
      case RequestParser.REQUEST -> {
        int end = parser.end();
        commands.commandBegins(waited);
        waited = !handle(parser.request());
        if (waited) {
          return false;
        }
        lane.stats().commands++;
        in.readerIndex(end);
      }
      case RequestParser.LARGE -> {
        waited = !passage.begin(parser.request(), lane.commands().get(), waited);
        return waits == 0;
      }
      case RequestParser.NOTHING -> in.readerIndex(parser.end());
      case RequestParser.ERROR -> {
        refuse(parser.error());
        return false;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  void refuse(String error) {
    lane.stats().protocolErrors++;
    answer(Replies.error(error));
    closeAfterReplies();
  }

  /** Keeps what is not parsed, gives back what is. */
  private void settle() {
    if ((waits & CLOSING) != 0) {
      input.drop();
    } else {
      input.settle();
      if (inputEnded) {
        endInput();
      }
    }
    Channel to = channel;
    if (to != null) {
      reading(to, (waits & ~BARRIER) == 0 && (waits == 0 || !input.isLarge()));
    }
    departure.attempt();
  }

  private void reading(Channel from, boolean on) {
    if (reading != on) {
      reading = on;
      from.config().setAutoRead(on);
    }
  }

  /** The client sends nothing more: it gets what it is owed, unless that may never come. */
  private void endInput() {
    if ((pin.isActive() && !largeReads.isUnderWay()) || description.waiting() != null) {
      close();
    } else if (waits == 0) {
      dispatchDeferred();
      closeAfterReplies();
    }
  }

  /** One request; false if it must be seen again when the session no longer waits. */
  boolean handle(Request request) {
    CommandSpec spec = lane.commands().get().find(request);
    description.runs(spec, request);
    Login judge = clients().login();
    return (judge != null && judge.judges(spec))
        ? judge.handle(request, spec)
        : admitted(request, spec);
  }

  /** As {@link #handle}, for a client that may. */
  boolean admitted(Request request, CommandSpec spec) {
    if (pin.judges()) {
      return pin.handle(request, spec);
    }
    Deferred before = deferred;
    if (before != null && before.holdsBack(this, request, spec) && !isDrained()) {
      return false;
    }
    Link to = pipe;
    if (to.isFull(request, spec)) {
      await(UPSTREAM_FULL);
      to.whenRoom(() -> resume(UPSTREAM_FULL));
      return false;
    }
    if (lane.pauses().holds(spec, lane.clock().nowNanos()) && spec.accepts(request)) {
      return pin.alone(request, spec);
    }
    return switch (spec.handling()) {
      case MULTI, WATCH, BLOCKING, SCRIPT, MAYBE_BLOCKING, SUBSCRIBE, MONITOR, REPLICATION ->
          pin.begin(request, spec);
      case STICKY, CLUSTER -> view.handle(request, spec);
      case HELLO, AUTH, SELECT, CLIENT, QUIT, RESET, INFO, HEATSINK, HOTKEYS, INTRUDER ->
          commands.handle(request, spec);
      case GET, READ -> largeReads.handle(request, spec);
      default -> route(request, spec);
    };
  }

  boolean route(Request request, CommandSpec spec) {
    lane.router().route(this, request, spec);
    return true;
  }

  /** Sends a request, as it came, on the connection that the client's commands now travel on. */
  boolean send(Request request) {
    dispatchDeferred();
    current().send(request, reserve());
    return true;
  }

  /** Whether all earlier requests are answered; otherwise this one is seen again then. */
  boolean isDrained() {
    if (queue().isEmpty()) {
      return true;
    }
    dispatchDeferred();
    await(BARRIER);
    return false;
  }

  void await(int why) {
    waits |= why;
    if (why != BARRIER) {
      lane.stats().clientsPaused++;
    }
  }

  /** Whether the request at hand is to be seen again. */
  boolean isHeldUp() {
    return (waits & (PINNING | BARRIER)) != 0;
  }

  /** Runs {@code task} when all requests so far are answered, before others are looked at. */
  void whenDrained(Runnable task) {
    afterDrain.add(task);
  }

  void resume(int why) {
    waits &= ~why;
    if (waits == 0) {
      process();
    }
  }

  @Override
  public void drained() {
    pin.drained();
    while (!afterDrain.isEmpty()) {
      afterDrain.remove().run();
    }
    if ((waits & (BARRIER | PIPELINE_FULL)) != 0) {
      resume(BARRIER | PIPELINE_FULL);
    }
    departure.attempt();
  }

  @Override
  public void advanced() {
    if ((waits & PIPELINE_FULL) != 0 && queue().size() <= maxPipeline / 2) {
      resume(PIPELINE_FULL);
    }
  }

  @Override
  public void askAgain(ClientPlace place) {
    largeReads.again(place);
  }

  @Override
  public void overLimit(long bytes) {
    LOG.warn(
        "client {} closed: {} bytes of replies not taken (clients.max-output-bytes)", id, bytes);
  }

  /** Moves the session to another shared pipe, taken from the pool by the caller. */
  void switchTo(Link to) {
    lane.pipes().release(pipe);
    adopt(to);
  }

  void closeAfterReplies() {
    await(CLOSING);
    queue().closeWhenDrained();
  }

  void close() {
    await(CLOSING);
    channel().close();
  }

  /** Whether the client's own connection has got only a part of a request so far. */
  boolean isPassing() {
    return passage.isUnderWay();
  }

  /** Has the client leave, between two of its requests. */
  void drain() {
    departure.want();
  }

  /** Whether the client is owed nothing, and has sent no part of a request. */
  boolean isAtRest() {
    boolean isHeld =
        processing || waits != 0 || (pin.isActive() && !pin.subscriptions().isListening());
    return !isHeld && queue().isEmpty() && input.unread() == 0 && !passage.isUnderWay();
  }

  Channel channel() {
    return Objects.requireNonNull(channel);
  }

  /** What the client's latest command was. */
  Description description() {
    return description;
  }

  ReplyQueue queue() {
    return Objects.requireNonNull(queue);
  }

  /** What the client said of itself. */
  ClientCommands clients() {
    return commands.clients();
  }

  /** This client as CLIENT LIST tells of it, to itself or others. */
  ClientInfo info(boolean isAsking) {
    return description.tell(channel(), input, isAsking && !processing);
  }

  /** HELLO, CLIENT and the like, while the session has its own connection. */
  boolean handleConnection(Request request, CommandSpec spec) {
    return commands.handle(request, spec);
  }

  /** The connection that the client's commands travel on at this moment. */
  Upstream current() {
    Pipe own = pin.pipe();
    return own == null ? pipe : own;
  }

  /** Whether the client takes what it is sent. */
  boolean isTaking() {
    return (waits & UNWRITABLE) == 0;
  }

  boolean isOpen() {
    return channel != null && channel.isActive();
  }

  Pin pin() {
    return pin;
  }

  Link pipe() {
    return pipe;
  }

  long id() {
    return id;
  }

  @Override
  public Upstream upstream() {
    return pipe;
  }

  @Override
  public int database() {
    return pipe.key().database();
  }

  @Override
  public int user() {
    return user;
  }

  @Override
  public boolean isResp3() {
    return resp3;
  }

  @Override
  public boolean wantsFresh() {
    return freshness.isWanted();
  }

  Freshness freshness() {
    return freshness;
  }

  void resp3(boolean on) {
    resp3 = on;
  }

  @Override
  public Place reserve() {
    ClientPlace place = queue().reserve(commands.isSilent());
    return processing ? description.named(place, parser.request()) : place;
  }

  /** Whether the reply of the command at hand is not wanted. */
  boolean isSilent() {
    return commands.isSilent();
  }

  @Override
  public void answer(byte[] bytes, int from, int length) {
    queue().answer(bytes, from, length, commands.isSilent());
  }

  @Override
  public Looks looks() {
    return queue().looks();
  }

  @Override
  public @Nullable Deferred deferred() {
    return deferred;
  }

  @Override
  public void defer(@Nullable Deferred to) {
    deferred = to;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    lane.clock().refresh();
    boolean isWritable = context.channel().isWritable();
    pin.reading(isWritable);
    if (!isWritable) {
      await(UNWRITABLE);
      reading(context.channel(), false);
    } else {
      resume(UNWRITABLE);
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) {
    if (event instanceof ChannelInputShutdownEvent || event == SslCloseCompletionEvent.SUCCESS) {
      lane.clock().refresh();
      inputEnded = true;
      settle();
    } else if (event instanceof IdleStateEvent
        && queue().isEmpty()
        && !pin.subscriptions().isListening()) {
      LOG.debug("client {} closed: idle", id);
      context.close();
    } else {
      context.fireUserEventTriggered(event);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    lane.clock().refresh();
    lane.own().remove(this);
    waits |= CLOSING;
    dispatchDeferred();
    queue().abandon();
    pin.abandon();
    lane.pipes().release(pipe);
    if (!processing) {
      input.drop();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    boolean isTheirs = cause instanceof IOException || cause.getCause() instanceof SSLException;
    LOG.atLevel(isTheirs ? Level.DEBUG : Level.ERROR).setCause(cause).log("client {} failed", id);
    context.close();
  }
}
