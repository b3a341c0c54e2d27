package io.heatsink.console;

import io.heatsink.console.SplitControl.Folded;
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

  /** The key that the page was told with this hash; null if it is not listed any more. */
  byte @Nullable [] key(String hash) {
    for (Listed split : latest) {
      if (SplitJson.hash(split).equals(hash)) {
        return split.key();
      }
    }
    return null;
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
            done -> {
              String text =
                  done.fault() == null
                      ? "folded " + done.folded() + " of " + done.found() + " by an operator"
                      : "not folded for an operator: " + done.fault();
              String what = key == null ? text + ", pattern " + glob : text;
              boolean isWhole = done.fault() == null && done.folded() == done.found();
              Severity severity = isWhole ? Severity.INFO : Severity.WARNING;
              observed.events().add(Kind.COUNTER, severity, what, key);
              outcome.complete(done);
            });
    try {
      Folded done = outcome.orTimeout(FOLD_SECONDS, TimeUnit.SECONDS).join();
      if (done.fault() == null) {
        latest = latest.stream().filter(each -> !glob.matches(each.key())).toList();
      }
      return done;
    } catch (CompletionException e) {
      return null;
    }
  }
}
