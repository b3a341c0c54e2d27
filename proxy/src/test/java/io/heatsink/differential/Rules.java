package io.heatsink.differential;

import io.heatsink.testkit.RawClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is not compared byte for byte, and why; everything else is. */
final class Rules {

  /** What is compared of two replies to one command. */
  enum View {
    BYTES,
    /** All but the connection's number. */
    NUMBERLESS,
    /** The same elements in any order. */
    UNORDERED,
    /** Types and lengths. */
    SHAPE,
    /** Whether it is an error, null or what else. */
    TYPE,
    /** Never sent. */
    LEFT_OUT;

    /** What of this frame must be equal. */
    String of(byte[] frame) {
      return this == BYTES ? RawClient.printable(frame) : of(Reply.of(frame));
    }

    /** What of this reply must be equal. */
    String of(Reply reply) {
      return switch (this) {
        case BYTES, LEFT_OUT -> reply.exact();
        case NUMBERLESS -> reply.exact().replaceFirst("[$]id,:\\d+", "id");
        case UNORDERED -> reply.unordered();
        case SHAPE -> reply.shape();
        case TYPE -> reply.type() + (reply.text().equals("-1") ? "null" : "");
      };
    }
  }

  private record Rule(String why, View view, Set<String> commands) {}

  private static final Rule[] RULES = {
    new Rule("the random choice changes the data", View.LEFT_OUT, Set.of("spop")),
    new Rule(
        "ends, moves, blocks or reconfigures the server for all who use it",
        View.LEFT_OUT,
        Set.of(
            "shutdown",
            "debug",
            "failover",
            "replicaof",
            "slaveof",
            "migrate",
            "acl|setuser",
            "config|set",
            "client|pause",
            "client|unpause",
            "client|kill",
            "script|debug",
            "pfselftest")),
    new Rule(
        "depends on a child process that writes a file",
        View.LEFT_OUT,
        Set.of("save", "bgsave", "bgrewriteaof")),
    new Rule(
        "replication: two kinds of connection that no client library opens",
        View.LEFT_OUT,
        Set.of("sync", "psync", "replconf")),
    new Rule(
        "lines of time and address, at any moment: no reply to wait for",
        View.LEFT_OUT,
        Set.of("monitor")),
    new Rule(
        "silences the connection: no reply to wait for (LocalAnswersIT has it)",
        View.LEFT_OUT,
        Set.of("client|reply")),
    new Rule(
        "names a connection by its number, which every server gives out anew",
        View.LEFT_OUT,
        Set.of("client|id", "client|info", "client|list", "client|unblock")),
    new Rule("tells the connection's number", View.NUMBERLESS, Set.of("hello")),
    new Rule(
        "a random choice",
        View.TYPE,
        Set.of("srandmember", "hrandfield", "zrandmember", "randomkey", "lolwut", "acl|genpass")),
    new Rule(
        "tells the time, or what is left of it",
        View.SHAPE,
        Set.of(
            "ttl",
            "pttl",
            "expiretime",
            "pexpiretime",
            "httl",
            "hpttl",
            "hexpiretime",
            "hpexpiretime",
            "time",
            "lastsave",
            "object|idletime",
            "xpending",
            "xinfo|stream",
            "xinfo|consumers")),
    new Rule(
        "tells of the server's own memory and time",
        View.TYPE,
        Set.of("info", "memory", "latency", "slowlog", "acl|log")),
    new Rule(
        "in the order of a hash table, which each server seeds at random",
        View.UNORDERED,
        Set.of(
            "smembers",
            "sinter",
            "sunion",
            "sdiff",
            "hgetall",
            "hkeys",
            "hvals",
            "keys",
            "sort",
            "sort_ro",
            "pubsub",
            "config|get",
            "command",
            "function|list")),
    new Rule(
        "cursor and page follow that order",
        View.TYPE,
        Set.of("scan", "sscan", "hscan", "zscan", "dump", "function|dump")),
  };

  private static final Map<String, View> VIEWS = new HashMap<>();

  static {
    for (Rule rule : RULES) {
      rule.commands().forEach(command -> VIEWS.put(command, rule.view()));
    }
  }

  private Rules() {}

  /** What is compared of this command, {@code container|subcommand} where it has one. */
  static View of(String command) {
    View view = VIEWS.get(command);
    int bar = command.indexOf('|');
    @Nullable View whole = bar < 0 ? null : VIEWS.get(command.substring(0, bar));
    return view != null ? view : whole != null ? whole : View.BYTES;
  }
}
