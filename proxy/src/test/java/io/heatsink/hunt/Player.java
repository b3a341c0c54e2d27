package io.heatsink.hunt;

import io.heatsink.history.Operation;
import io.heatsink.testkit.RawClient;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One client, which notes all that it does to the registers. For one thread at a time. */
final class Player implements AutoCloseable {

  private static final long MAX_PAUSE_NANOS = 1_000_000;

  private final int number;
  private final int via;
  private final boolean isFresh;
  private final Supplier<RawClient> connect;
  private @Nullable RawClient connection;
  private List<List<Operation>> histories = List.of();
  private int operations;

  /**
   * A client that has not connected yet.
   *
   * @param via the Heatsink that it connects to, or {@link Operation#DIRECT}
   * @param isFresh whether its reads are to be as good there as direct ones
   */
  Player(int number, int via, boolean isFresh, Supplier<RawClient> connect) {
    this.number = number;
    this.via = via;
    this.isFresh = isFresh;
    this.connect = connect;
  }

  int via() {
    return via;
  }

  /** Speaks until told to stop; returns what it did to each register. */
  List<List<Operation>> play(
      Words words, int registers, SplittableRandom random, BooleanSupplier isOver) {
    histories = new ArrayList<>();
    for (int i = 0; i < registers; i++) {
      histories.add(new ArrayList<>());
    }
    while (!isOver.getAsBoolean()) {
      say(words.next());
      LockSupport.parkNanos(random.nextLong(MAX_PAUSE_NANOS));
    }
    return histories;
  }

  private void say(Words.Step step) {
    Answers answers = new Answers(step.commands.size());
    long invoked = System.nanoTime();
    try {
      RawClient client = connection();
      client.sendRaw(RawClient.join(step.commands));
      for (int i = 0; i < step.commands.size(); i++) {
        answers.take(i, client.readReply());
      }
    } catch (UncheckedIOException e) {
      // Cut in the middle: what has no answer may have been run.
      close();
    }
    step.effects.forEach(effect -> note(effect, answers, invoked));
  }

  private void note(Words.Step.Effect effect, Answers answers, long invoked) {
    int command = effect.command();
    if (effect.name().equals("EXEC") && answers.ranAtOnce(command - 1)) {
      command--;
    }
    Answers.Outcome outcome = answers.outcome(command);
    boolean isDone = outcome == Answers.Outcome.DONE;
    if (!isDone && !(effect.isWrite() && outcome == Answers.Outcome.UNKNOWN)) {
      return;
    }
    histories
        .get(effect.key())
        .add(
            new Operation(
                number,
                operations++,
                isFresh && !effect.isWrite() ? Operation.DIRECT : via,
                effect.isWrite(),
                effect.isWrite() ? effect.value() : answers.value(command, effect.part()),
                invoked,
                isDone ? answers.nanos(command) : Operation.UNKNOWN,
                effect.name()));
  }

  /** Says this, again where need be, until it has been done. */
  void insist(String... words) {
    boolean done = false;
    while (!done) {
      try {
        done = !connection().call(words).startsWith("-");
      } catch (UncheckedIOException e) {
        // Redis is not back yet, or Heatsink not connected.
        close();
      }
      if (!done) {
        LockSupport.parkNanos(MAX_PAUSE_NANOS);
      }
    }
  }

  private RawClient connection() {
    RawClient open = connection;
    if (open == null) {
      open = connect.get();
      connection = open;
      if (number % 2 == 1) {
        open.call("HELLO", "3");
      }
      if (isFresh) {
        open.call("HEATSINK", "FRESH", "ON");
      }
    }
    return open;
  }

  @Override
  public void close() {
    RawClient open = connection;
    connection = null;
    if (open != null) {
      open.close();
    }
  }
}
