package io.heatsink.console;

import io.heatsink.command.Writes;
import io.heatsink.journal.Event.Kind;
import io.heatsink.journal.Event.Severity;
import io.heatsink.policy.Glob;
import io.heatsink.policy.Level;
import io.heatsink.policy.PolicyBook;
import io.heatsink.policy.Rule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rules that an operator has added while Heatsink runs: the latest holds before the others, and all
 * before those of the settings, until it ends. Confined to the admin server's thread.
 */
final class AddedRules {

  /** How many there may be. */
  static final int MAX_RULES = 100;

  private final Observed observed;
  private final List<Rule> rules = new ArrayList<>();
  private int latestNumber;

  AddedRules(Observed observed) {
    this.observed = observed;
  }

  List<Rule> all() {
    return List.copyOf(rules);
  }

  /** Adds one; null where there are too many. */
  @Nullable Rule add(Glob glob, Level level, long ttlNanos) {
    if (rules.size() == MAX_RULES) {
      return null;
    }
    Rule rule = new Rule(--latestNumber, glob, level, ttlNanos, 0);
    rules.add(0, rule);
    changed("added: " + rule + " is " + level);
    return rule;
  }

  /** Takes one back; whether there was one. */
  boolean remove(int number) {
    boolean found = rules.removeIf(rule -> rule.number() == number);
    if (found) {
      changed("taken back: added rule " + -number);
    }
    return found;
  }

  private void changed(String what) {
    PolicyBook book = observed.policies();
    book.precede(rules);
    Writes writes = observed.writes();
    writes.everythingChanged();
    observed.events().add(Kind.POLICY, Severity.INFO, what);
  }
}
