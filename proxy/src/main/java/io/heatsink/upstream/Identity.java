package io.heatsink.upstream;

import io.heatsink.command.OwnWords;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** As what the backend knows a connection: its name and number. Confined to its event loop. */
public final class Identity {

  private static final byte[] CLIENT = Replies.ascii(OwnWords.CLIENT);
  private static final byte[] SETNAME = Replies.ascii("SETNAME");
  private static final byte[] CLIENT_ID = Replies.request(OwnWords.CLIENT, "ID");

  private final Pipe pipe;
  private final List<LongConsumer> listeners = new ArrayList<>();
  private byte @Nullable [] name;
  private boolean isAsked;
  private boolean isTold;
  private long number;

  Identity(Pipe pipe) {
    this.pipe = pipe;
  }

  /** Has the backend know the connection by this name; null for none. */
  public void name(byte @Nullable [] wanted) {
    if (!Arrays.equals(name, wanted)) {
      name = wanted;
      byte[] text = wanted == null ? new byte[0] : wanted;
      pipe.send(Replies.request(CLIENT, SETNAME, text), ReplySlot.NOBODY);
    }
  }

  /** The backend has been told, by the client itself, that the connection has this name. */
  public void named(byte @Nullable [] told) {
    name = told;
  }

  /** Has the backend tell which number it knows the connection by, once. */
  public void ask() {
    if (!isAsked) {
      isAsked = true;
      pipe.send(CLIENT_ID, WholeReply.then(this::told));
    }
  }

  private void told(WholeReply reply) {
    isTold = true;
    number = reply.isInteger() ? reply.integer() : 0;
    List<LongConsumer> waiting = List.copyOf(listeners);
    listeners.clear();
    waiting.forEach(listener -> listener.accept(number));
  }

  /** The number that the backend knows the connection by; 0 if it has not told. */
  public long number() {
    return number;
  }

  /** Calls back with {@link #number} once the backend has told, or will not. */
  public void whenKnown(LongConsumer listener) {
    if (isTold) {
      listener.accept(number);
    } else {
      listeners.add(listener);
      ask();
    }
  }
}
