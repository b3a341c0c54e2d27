package io.heatsink.command;

import java.util.Map;

/** How a command must travel. */
public enum Handling {
  /** As bytes, on the lane's shared pipe. */
  FORWARD,
  /** A deterministic read of one key: concurrent ones may share one flight. */
  READ,
  /** {@code GET}: may also be answered from the near cache. */
  GET,
  /** {@code MGET}: may hold split counters. */
  MGET,
  /** {@code INCR}, {@code DECR}, {@code INCRBY}, {@code DECRBY}, {@code HINCRBY}. */
  COUNTER,
  /** Needs a connection of its own until the transaction ends. */
  MULTI,
  EXEC,
  DISCARD,
  WATCH,
  UNWATCH,
  /** Needs a connection of its own until its reply has come. */
  BLOCKING,
  /** The same: it may run for long, and Redis then still listens to others. */
  SCRIPT,
  /** Blocks only where the word {@code BLOCK} says so. */
  MAYBE_BLOCKING,
  /** Needs a connection of its own from here on; its confirmations are no replies. */
  SUBSCRIBE,
  /** Needs a connection of its own from here on; its lines are no replies. */
  MONITOR,
  /** Changes its connection, so it needs one of its own from here on. */
  STICKY,
  HELLO,
  AUTH,
  SELECT,
  CLIENT,
  QUIT,
  RESET,
  /** May ask for a section of Heatsink's own. */
  INFO,
  /** Heatsink's own command. */
  HEATSINK,
  /** Of a cluster: Heatsink is the one node that its clients know. */
  CLUSTER,
  /** What Redis 8.6 has of its own; for a backend that has not, Heatsink answers. */
  HOTKEYS,
  /** Its connection carries a stream from here on. */
  REPLICATION,
  /** An HTTP request that a browser was talked into; Redis drops such a connection. */
  INTRUDER;

  private static final Map<String, Handling> BY_NAME =
      Map.ofEntries(
          Map.entry("get", GET),
          Map.entry("mget", MGET),
          Map.entry("incr", COUNTER),
          Map.entry("decr", COUNTER),
          Map.entry("incrby", COUNTER),
          Map.entry("decrby", COUNTER),
          Map.entry("hincrby", COUNTER),
          Map.entry("multi", MULTI),
          Map.entry("exec", EXEC),
          Map.entry("discard", DISCARD),
          Map.entry("watch", WATCH),
          Map.entry("unwatch", UNWATCH),
          Map.entry("blpop", BLOCKING),
          Map.entry("brpop", BLOCKING),
          Map.entry("brpoplpush", BLOCKING),
          Map.entry("blmove", BLOCKING),
          Map.entry("blmpop", BLOCKING),
          Map.entry("bzpopmin", BLOCKING),
          Map.entry("bzpopmax", BLOCKING),
          Map.entry("bzmpop", BLOCKING),
          Map.entry("wait", BLOCKING),
          Map.entry("waitaof", BLOCKING),
          Map.entry("shutdown", BLOCKING),
          Map.entry("debug", BLOCKING),
          Map.entry("eval", SCRIPT),
          Map.entry("eval_ro", SCRIPT),
          Map.entry("evalsha", SCRIPT),
          Map.entry("evalsha_ro", SCRIPT),
          Map.entry("fcall", SCRIPT),
          Map.entry("fcall_ro", SCRIPT),
          Map.entry("xread", MAYBE_BLOCKING),
          Map.entry("xreadgroup", MAYBE_BLOCKING),
          Map.entry("subscribe", SUBSCRIBE),
          Map.entry("psubscribe", SUBSCRIBE),
          Map.entry("ssubscribe", SUBSCRIBE),
          Map.entry("unsubscribe", SUBSCRIBE),
          Map.entry("punsubscribe", SUBSCRIBE),
          Map.entry("sunsubscribe", SUBSCRIBE),
          Map.entry("monitor", MONITOR),
          Map.entry("cluster", CLUSTER),
          Map.entry("readonly", STICKY),
          Map.entry("readwrite", STICKY),
          Map.entry("asking", STICKY),
          Map.entry("hello", HELLO),
          Map.entry("auth", AUTH),
          Map.entry("select", SELECT),
          Map.entry("client", CLIENT),
          Map.entry("info", INFO),
          Map.entry("heatsink", HEATSINK),
          Map.entry("hotkeys", HOTKEYS),
          Map.entry("quit", QUIT),
          Map.entry("reset", RESET),
          Map.entry("sync", REPLICATION),
          Map.entry("psync", REPLICATION),
          Map.entry("replconf", REPLICATION),
          Map.entry("post", INTRUDER),
          Map.entry("host:", INTRUDER));

  /** Whether what it changes is its connection, so that it needs the right one. */
  public boolean changesConnection() {
    return switch (this) {
      case SUBSCRIBE, MONITOR, STICKY, HELLO, AUTH, SELECT, RESET, REPLICATION -> true;
      default -> false;
    };
  }

  /** Whether it may take as long as its client likes. */
  public boolean mayWait() {
    return switch (this) {
      case BLOCKING, MAYBE_BLOCKING, SUBSCRIBE, MONITOR, REPLICATION -> true;
      default -> false;
    };
  }

  /** Whether a request so large that it is not kept whole may travel as it comes. */
  public boolean mayPass() {
    return switch (this) {
      case FORWARD, READ, GET, MGET, COUNTER, BLOCKING, MAYBE_BLOCKING, SCRIPT -> true;
      default -> false;
    };
  }

  /** The special way of a command, or {@link #FORWARD}. */
  static Handling of(String name) {
    return BY_NAME.getOrDefault(name, FORWARD);
  }

  /** Every command with a way of its own. */
  static Iterable<String> names() {
    return BY_NAME.keySet();
  }
}
