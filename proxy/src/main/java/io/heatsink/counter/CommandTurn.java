package io.heatsink.counter;

import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.split.Folding;
import io.heatsink.counter.split.Gate;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A command that Redis itself answers, once all of each counter that it names is in the counter's
 * own key. Confined to its event loop.
 */
final class CommandTurn extends Turn {

  private static final int MAX_FOLDS = 50;

  private final List<byte[]> counters;
  private final List<byte[]> others;
  private final List<byte[]> words;
  private final Consumer<WholeReply> then;
  private int folds;
  private @Nullable WholeReply reply;

  CommandTurn(
      Counter counter,
      List<byte[]> counters,
      List<byte[]> others,
      List<byte[]> words,
      Consumer<WholeReply> then) {
    super(counter);
    this.counters = counters;
    this.others = others;
    this.words = words;
    this.then = then;
  }

  static Consumer<WholeReply> answering(Place place, boolean isIncrement) {
    return reply -> {
      if (isIncrement) {
        Gate.settle(reply, place);
      } else {
        reply.settle(place);
      }
    };
  }

  @Override
  boolean isExclusive() {
    return true;
  }

  @Override
  void send() {
    Gate.run(counter().upstream(), counters, others, words, counter()::disturbed, this::ran);
  }

  private void ran(WholeReply answer) {
    int split = Gate.split(answer);
    if (split < 0 || ++folds > MAX_FOLDS) {
      fail(answer);
      return;
    }
    Folding.fold(
        counter().upstream(),
        counter().stats(),
        counters.get(split),
        error -> {
          if (error == null) {
            send();
          } else {
            fail(error);
          }
        });
  }

  @Override
  void fail(WholeReply answer) {
    reply = answer;
    counter().isWhole();
    finish();
  }

  @Override
  void land() {
    WholeReply answer = reply;
    if (answer != null) {
      then.accept(answer);
    }
  }
}
