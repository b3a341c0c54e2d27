package io.heatsink;

import io.heatsink.console.SplitControl;
import io.heatsink.counter.split.Listed;
import io.heatsink.policy.Glob;
import java.util.List;
import java.util.function.Consumer;

/** Has one lane ask and fold on behalf of the console. Thread-safe. */
final class Splits implements SplitControl {

  private final Lane lane;
  private final int database;

  Splits(Lane lane, int database) {
    this.lane = lane;
    this.database = database;
  }

  @Override
  public void list(Consumer<List<Listed>> then) {
    lane.loop().execute(() -> lane.splits(database, then));
  }

  @Override
  public void fold(int of, Glob glob, Consumer<Folded> then) {
    lane.loop().execute(() -> lane.fold(of < 0 ? database : of, glob, then));
  }
}
