package io.heatsink.console;

import io.heatsink.counter.split.Listed;
import io.heatsink.journal.Event.Kind;
import io.heatsink.journal.Event.Severity;
import io.heatsink.policy.Glob;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which counters are split: asked for every few seconds, as long as somebody wants to know.
 * Confined to the admin server's thread.
 */
final class SplitWatch {

  private static final int LOOKS_A_QUESTION = 2;
  private static final int LOOKS_OF_INTEREST = 10;
  private static final long FOLD_SECONDS = 3;

  /** How many were folded, and of how many. */
  record Folded(long folded, long found) {}

  private final Observed observed;
  private volatile List<Listed> latest = List.of();
  private int interest;

  SplitWatch(Observed observed) {
    this.observed = observed;
  }

  /** As they were last told; none before anybody has asked for some seconds. */
  List<Listed> latest() {
    interest = LOOKS_OF_INTEREST;
    return latest;
  }

  /** To be called every second. */
  void look(boolean isUsed) {
    if (interest > 0 && isUsed && interest-- % LOOKS_A_QUESTION == 0) {
      observed.splits().list(listed -> latest = listed);
    }
  }

  /**
   * Folds what matches and waits for it a while; null if it takes longer. It is an event, whenever
   * it is done.
   *
   * @param database -1 for that of the settings
   * @param key where it is one only
   */
  @Nullable Folded fold(int database, Glob glob, byte @Nullable [] key) {
    CompletableFuture<Folded> outcome = new CompletableFuture<>();
    observed
        .splits()
        .fold(
            database,
            glob,
            (folded, found) -> {
              String text = "folded " + folded + " of " + found + " by an operator";
              String what = key == null ? text + ", pattern " + glob : text;
              observed.events().add(Kind.COUNTER, Severity.INFO, what, key);
              outcome.complete(new Folded(folded, found));
            });
    try {
      Folded done = outcome.orTimeout(FOLD_SECONDS, TimeUnit.SECONDS).join();
      latest = latest.stream().filter(each -> !glob.matches(each.key())).toList();
      return done;
    } catch (CompletionException e) {
      return null;
    }
  }
}
