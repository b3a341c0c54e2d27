package io.heatsink.policy;

import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** Finds the rule of a key, for every read of one lane. Confined to its event loop. */
public final class LanePolicies {

  /*
   * Patterns are not matched for each read: which rule a key has is remembered in a table with one
   * place for each hash, the latest key's. The hash is enough: its seed is secret, and of two keys
   * that share a place another 52 bits would have to be alike. A place that holds nothing yet holds
   * a hash that belongs in another.
   */

  private static final int PLACES = 4_096;

  private static final long[] NO_HASHES = {};
  private static final Rule[] NO_RULES = {};

  private Policies policies = Policies.NONE;
  private boolean isUniform = true;
  private boolean readsReplicas;
  private Rule byDefault = policies.byDefault();
  private long[] hashes = NO_HASHES;
  private Rule[] rules = NO_RULES;

  public LanePolicies(Policies policies) {
    adopt(policies);
  }

  /** From now on these hold; whoever changes them drops what was kept under others. */
  public void adopt(Policies next) {
    policies = next;
    isUniform = next.isUniform();
    readsReplicas = next.readsReplicas();
    byDefault = next.byDefault();
    hashes = isUniform ? NO_HASHES : new long[PLACES];
    rules = isUniform ? NO_RULES : new Rule[PLACES];
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = i + 1L;
      rules[i] = byDefault;
    }
  }

  /** Whether any rule has keys read from replicas. */
  public boolean readsReplicas() {
    return readsReplicas;
  }

  /** The rule of the key that is word {@code word}. */
  public Rule of(Request request, int word) {
    return isUniform ? byDefault : of(request.hash(word), request, word);
  }

  /** The same, where the key's hash is known, its database mixed in or not. */
  public Rule of(long hash, Request request, int word) {
    if (isUniform) {
      return byDefault;
    }
    return isKnown(hash)
        ? rules[place(hash)]
        : learn(hash, request.buffer(), request.offset(word), request.length(word));
  }

  /** The rule of a key with this hash. */
  public Rule of(long hash, byte[] key) {
    if (isUniform) {
      return byDefault;
    }
    return isKnown(hash)
        ? rules[place(hash)]
        : learn(hash, Unpooled.wrappedBuffer(key), 0, key.length);
  }

  private static int place(long hash) {
    return (int) hash & (PLACES - 1);
  }

  private boolean isKnown(long hash) {
    return hashes[place(hash)] == hash;
  }

  private Rule learn(long hash, ByteBuf bytes, int index, int length) {
    Rule rule = policies.of(bytes, index, length);
    hashes[place(hash)] = hash;
    rules[place(hash)] = rule;
    return rule;
  }
}
