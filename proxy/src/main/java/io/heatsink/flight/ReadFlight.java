package io.heatsink.flight;

import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** One read upstream that answers all who asked the same. Confined to its event loop. */
final class ReadFlight extends Flight {

  private final Coalescer coalescer;
  private @Nullable LoneReads behind;
  private @Nullable Capture capture;
  private boolean started;
  private long lone;

  ReadFlight(FlightTable table, Coalescer coalescer) {
    super(table);
    this.coalescer = coalescer;
  }

  void capture(@Nullable Capture listener) {
    capture = listener;
    started = false;
    behind = null;
  }

  /** It gathers behind the lone read of this number. */
  void behind(LoneReads reads, long number) {
    behind = reads;
    lone = number;
  }

  /** Whether this request is the one that it carries. */
  boolean isOf(Upstream to, Request request, long requestHash) {
    return matches(to, requestHash, request.buffer(), request.start(), request.length());
  }

  /** Whether one who asks now may be answered by this although it is on the wire. */
  boolean isJoinableOnWire() {
    Capture listener = capture;
    return listener != null && !started && listener.isCurrent();
  }

  /** Whether it is on the wire and its answer has not begun to come. */
  boolean isAwaited() {
    return !started;
  }

  void join(Place place) {
    add(place);
  }

  void joinOnWire(Place place) {
    add(place);
    Capture listener = capture;
    if (listener != null) {
      listener.joined();
    }
  }

  /** Leaves at once, in the place of {@code current} where there is one. */
  void takeOff(Request request, @Nullable ReadFlight current) {
    begin();
    sendFirst(request, current);
  }

  @Override
  protected void send() {
    LoneReads before = behind;
    if (before != null) {
      behind = null;
      before.left(lone, this);
    }
    begin();
    upstream().send(identity(), identityLength(), this);
  }

  private void begin() {
    Capture listener = capture;
    if (listener != null && !listener.begin()) {
      capture = null;
    }
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    started = true;
    Capture listener = capture;
    if (listener != null) {
      listener.part(bytes, index, length, last);
    }
    for (int i = 0; i < count(); i++) {
      place(i).part(bytes, index, length, last);
    }
    if (last) {
      finish();
    }
  }

  @Override
  public void fail(byte[] error) {
    started = true;
    Capture listener = capture;
    if (listener != null) {
      listener.fail(error);
    }
    for (int i = 0; i < count(); i++) {
      place(i).fail(error);
    }
    finish();
  }

  private void finish() {
    capture = null;
    landed();
    coalescer.recycle(this);
  }
}
