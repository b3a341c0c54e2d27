package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.Deferred;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Request;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Something that is done to a counter for one client or many. Confined to its event loop.
 *
 * <p>Turns of one counter may be under way at once, and are answered in the order they came.
 */
abstract class Turn implements Deferred {

  private static final int MAX_ATTEMPTS = 50;

  private final Counter counter;
  private final Set<Client> clients = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean forced;
  private boolean sent;
  private boolean done;
  private int attempts;

  Turn(Counter counter) {
    this.counter = counter;
  }

  final Counter counter() {
    return counter;
  }

  final void joined(Client client) {
    clients.add(client);
  }

  final boolean has(Client client) {
    return clients.contains(client);
  }

  /** Whether it has to be alone, with all before it answered. */
  boolean isExclusive() {
    return false;
  }

  final boolean isForced() {
    return forced;
  }

  final boolean isSent() {
    return sent;
  }

  final boolean isDone() {
    return done;
  }

  /** Whether it has been sent, if only to learn that the counter is not as it was thought. */
  final boolean wasSent() {
    return sent || attempts > 0;
  }

  final void begin() {
    sent = true;
    send();
  }

  /** It has come back; false if that has happened too often. */
  final boolean comeBack() {
    sent = false;
    return ++attempts <= MAX_ATTEMPTS;
  }

  /** Whether what it knows by now was read before something that it has to be answered after. */
  boolean isOutdated() {
    return false;
  }

  /** It is to be sent again, for a later reading. */
  final void redo() {
    done = false;
    sent = false;
    attempts++;
  }

  final boolean hasComeBack() {
    return attempts > 0 && !sent && !done;
  }

  /** Everything is known that its members are answered with. */
  final void finish() {
    done = true;
    counter.pump();
  }

  /** Puts it on the wire; answers nobody before it returns. */
  abstract void send();

  /** Has its members get an error, once it is their turn; finishes it. */
  abstract void fail(WholeReply error);

  /** Answers its members. */
  abstract void land();

  /** Leaves as soon as may be, and not when the one before it has come back. */
  final void force() {
    forced = true;
  }

  @Override
  public void release(Client client) {
    force();
    counter.pump();
  }

  @Override
  public boolean holdsBack(Client client, Request next, CommandSpec spec) {
    return !done && (isExclusive() || (!sent && (counter.isSerial() || counter.isHeldUp())));
  }
}
