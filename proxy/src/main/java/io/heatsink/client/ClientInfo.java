package io.heatsink.client;

/**
 * One client at one moment, as CLIENT LIST tells of it. Immutable.
 *
 * @param flags Redis' letters, {@code N} for none
 * @param queued commands of its transaction, -1 outside
 * @param redirect the client that its invalidations go to, 0 for itself, -1 for no tracking
 * @param library its name and version, or null where the backend does not know of such
 */
public record ClientInfo(
    long id,
    Addresses addresses,
    String name,
    Times times,
    String flags,
    int database,
    Counts subscribed,
    int queued,
    Memory memory,
    String command,
    String user,
    long redirect,
    int protocol,
    Library library) {

  /** Both ends of its connection, and the number of its socket. */
  public record Addresses(String remote, String local, int descriptor) {}

  /** Since it connected, and since it was heard of last. */
  public record Times(long ageSeconds, long idleSeconds) {}

  /** What it is subscribed to. */
  public record Counts(int channels, int patterns, int shards) {}

  /** Bytes read and not yet run, room for more, the command at hand, replies not yet taken. */
  public record Memory(long query, long free, long command, long output) {}

  /** What it says it is made with; not known to Redis before 7.2. */
  public record Library(boolean isKnown, String name, String version) {}

  private static final int ROOM_OF_REPLIES = 1024;

  /** Whether Redis counts it among the clients of this type, which is in lower case. */
  public boolean isOfType(String type) {
    boolean replica = flags.indexOf('S') >= 0;
    boolean subscriber = !replica && flags.indexOf('P') >= 0;
    return switch (type) {
      case "normal" -> !replica && !subscriber;
      case "pubsub" -> subscriber;
      case "replica", "slave" -> replica;
      default -> false;
    };
  }

  /** Its line, without the line end. */
  public String line() {
    StringBuilder line = new StringBuilder(320);
    put(line, "id", id).put(line, "addr", addresses.remote).put(line, "laddr", addresses.local);
    put(line, "fd", addresses.descriptor).put(line, "name", name);
    put(line, "age", times.ageSeconds).put(line, "idle", times.idleSeconds);
    put(line, "flags", flags).put(line, "db", database);
    put(line, "sub", subscribed.channels).put(line, "psub", subscribed.patterns);
    put(line, "ssub", subscribed.shards).put(line, "multi", queued);
    put(line, "qbuf", memory.query).put(line, "qbuf-free", memory.free);
    put(line, "argv-mem", memory.command).put(line, "multi-mem", 0);
    put(line, "rbs", ROOM_OF_REPLIES).put(line, "rbp", 0);
    put(line, "obl", 0).put(line, "oll", memory.output > 0 ? 1 : 0);
    put(line, "omem", memory.output).put(line, "tot-mem", total());
    put(line, "events", memory.output > 0 ? "rw" : "r").put(line, "cmd", command);
    put(line, "user", user).put(line, "redir", redirect).put(line, "resp", protocol);
    if (library.isKnown) {
      put(line, "lib-name", library.name).put(line, "lib-ver", library.version);
    }
    return line.substring(0, line.length() - 1);
  }

  private long total() {
    return memory.query + memory.free + memory.command + memory.output + ROOM_OF_REPLIES;
  }

  private ClientInfo put(StringBuilder line, String field, Object value) {
    line.append(field).append('=').append(value).append(' ');
    return this;
  }
}
