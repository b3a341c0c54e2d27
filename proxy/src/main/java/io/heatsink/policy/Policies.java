package io.heatsink.policy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.List;

/** The rules of all keys: the first that matches a key holds. Immutable. */
public final class Policies {

  /** Every key's answers are kept while Redis tells of changes. */
  public static final Policies NONE = new Policies(Level.TRACKED, List.of());

  /** Nothing is shared or kept, whatever has been asked for. */
  static final Policies OBSERVING = new Policies(Rule.observing());

  private final Rule byDefault;
  private final Rule[] rules;

  /**
   * These rules, in this order.
   *
   * @param byDefault the level of keys that none matches
   */
  public Policies(Level byDefault, List<Rule> rules) {
    this.byDefault = Rule.byDefault(byDefault);
    this.rules = rules.toArray(new Rule[0]);
  }

  private Policies(Rule always) {
    this.byDefault = always;
    this.rules = new Rule[0];
  }

  /** The rule of a key; off the hot path, as nothing is remembered. */
  public Rule of(byte[] key) {
    return of(Unpooled.wrappedBuffer(key), 0, key.length);
  }

  /** Whether one rule holds for all keys. */
  boolean isUniform() {
    return rules.length == 0;
  }

  /** Whether any rule has keys read from replicas. */
  boolean readsReplicas() {
    return rules().stream().anyMatch(rule -> rule.replicaLagNanos() > 0);
  }

  /** The rules, the first that matches first. */
  List<Rule> rules() {
    return List.of(rules);
  }

  /** What holds for keys that no rule matches. */
  public Rule byDefault() {
    return byDefault;
  }

  /** The rule of a key; lends its bytes. */
  Rule of(ByteBuf bytes, int index, int length) {
    for (Rule rule : rules) {
      if (rule.glob().matches(bytes, index, length)) {
        return rule;
      }
    }
    return byDefault;
  }
}
