package io.heatsink.session;

import io.heatsink.command.CommandSpec;
import io.heatsink.command.CommandTable;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.upstream.Pipe;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Passes large requests on as they come, on a connection of their own, so that neither side keeps
 * them whole. Confined to its event loop.
 */
final class Passage {

  private static final byte[] NOTHING_YET = {};

  private final Session session;
  private final Pin pin;
  private final ConnectionCommands commands;
  private final RequestParser parser;
  private final LaneContext lane;
  private @Nullable Pipe to;
  private @Nullable Answer answer;

  Passage(
      Session session,
      Pin pin,
      ConnectionCommands commands,
      RequestParser parser,
      LaneContext lane) {
    this.session = session;
    this.pin = pin;
    this.commands = commands;
    this.parser = parser;
    this.lane = lane;
  }

  /** A request that has turned out to be large; false if it is to be seen again. */
  boolean begin(Request head, CommandTable table, boolean isSeenAgain) {
    CommandSpec spec = table.find(head);
    if (!spec.handling().mayPass() || lane.router().hasSplits()) {
      if (!parser.hold()) {
        session.refuse(parser.error());
      }
      return true;
    }
    commands.commandBegins(isSeenAgain);
    if (!pin.own(head, spec)) {
      if (session.isHeldUp()) {
        return false;
      }
      // The client has been told that there is no connection; what it sends goes nowhere.
    } else {
      expect(Objects.requireNonNull(pin.pipe()), head, spec);
    }
    session.description().passes(spec, head);
    parser.beginPass();
    return true;
  }

  private void expect(Pipe pipe, Request head, CommandSpec spec) {
    lane.stats().commands++;
    Place place = session.reserve();
    if (pin.transaction().isOpen()) {
      pin.transaction().queueUnknown();
    }
    if (spec.isWrite() && spec.hasSingleKey() && head.argc() > 1 && !pin.movesDatabase()) {
      lane.router().guard(place, new long[] {KeyHash.with(head.hash(1), session.database())});
    } else if (spec.isWrite()) {
      lane.router().guardEverything(place);
    }
    Answer slot = new Answer(place);
    pipe.send(NOTHING_YET, slot);
    answer = slot;
    to = pipe;
    pin.releaseIfIdle();
  }

  /** Whether the connection has got only a part of a request so far. */
  boolean isUnderWay() {
    return to != null;
  }

  /** More of it has come; true when that was all of it. */
  boolean goOn(ByteBuf in) {
    int end = parser.pass(in);
    if (end < 0) {
      refuse();
      return false;
    }
    Pipe pipe = to;
    if (pipe != null) {
      pipe.pass(in, in.readerIndex(), end - in.readerIndex());
      if (pipe.isFull()) {
        session.await(Waits.UPSTREAM_FULL);
        pipe.whenRoom(() -> session.resume(Waits.UPSTREAM_FULL));
      }
    }
    in.readerIndex(end);
    if (parser.isPassing()) {
      return false;
    }
    to = null;
    answer = null;
    return true;
  }

  /** It is no request after all: what came before it is answered, then the client is told. */
  private void refuse() {
    pin.spoil();
    Answer slot = answer;
    if (slot != null) {
      slot.drop();
    }
    session.refuse(parser.error());
  }

  /** Takes the reply to the client's place, unless the request turns out to be none. */
  private static final class Answer implements ReplySlot {
    private @Nullable Place place;

    Answer(Place place) {
      this.place = place;
    }

    /** The backend will never have the whole request: nothing is said for it. */
    void drop() {
      Place left = place;
      place = null;
      if (left != null) {
        left.complete(NOTHING_YET);
      }
    }

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {
      Place to = place;
      if (to != null) {
        to.part(bytes, index, length, last);
      }
    }

    @Override
    public void fail(byte[] error) {
      Place to = place;
      place = null;
      if (to != null) {
        to.fail(error);
      }
    }
  }
}
