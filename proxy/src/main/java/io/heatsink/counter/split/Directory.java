package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Names;
import io.heatsink.counter.shard.Shape;
import io.heatsink.resp.Replies;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The list, in the backend, of the counters that are split, each with a lease. Thread-safe. */
final class Directory {

  /*
   * A lease says that somebody wants the counter split still; when it is over, any sidecar folds
   * it. Nothing that is counted depends on a lease: who acts on an old one does a fold too many.
   */

  private static final byte[] HGET = Replies.ascii("HGET");
  private static final int MOST = 256;

  /**
   * A counter that is listed.
   *
   * @param value what the list says of it
   */
  record Entry(byte[] key, byte[] value) {

    /** Of which shape; null if another version wrote it. */
    @Nullable Shape shape() {
      String[] words = new String(value, StandardCharsets.UTF_8).split(" ", 4);
      boolean isOurs = words.length == 4 && words[2].equals(Integer.toString(Standing.VERSION));
      return isOurs ? new Shape(Integer.parseInt(words[1]), words[3]) : null;
    }
  }

  private Directory() {}

  /** Lists it, or makes its lease longer; {@code then} gets what stands there otherwise, or "". */
  static void enrol(
      Upstream to, byte[] key, Shape shape, long leaseMillis, Consumer<WholeReply> then) {
    Calls.run(
        to,
        Script.ENROL,
        List.of(Names.DIRECTORY),
        List.of(
            key,
            Calls.number(leaseMillis),
            Calls.number(shape.shards()),
            shape.name().getBytes(StandardCharsets.UTF_8),
            Calls.number(Standing.VERSION)),
        then);
  }

  static void leave(Upstream to, Entry entry, Consumer<WholeReply> then) {
    Calls.run(
        to, Script.LEAVE, List.of(Names.DIRECTORY), List.of(entry.key(), entry.value()), then);
  }

  /** The entry of one counter; nothing happens where there is none. */
  static void find(Upstream to, byte[] key, Consumer<Entry> then) {
    to.send(
        Replies.request(HGET, Names.DIRECTORY, key),
        WholeReply.then(
            reply -> {
              byte[] value = reply.isBulk() ? reply.bulk() : null;
              if (value != null) {
                then.accept(new Entry(key, value));
              }
            }));
  }

  /** Some of those listed, or of those whose lease is over; none if that cannot be known. */
  static void list(Upstream to, boolean isOver, Consumer<List<Entry>> then) {
    list(to, isOver, isOver ? MOST : Integer.MAX_VALUE, then);
  }

  /** The same of {@code most} at most. */
  static void list(Upstream to, boolean isOver, int most, Consumer<List<Entry>> then) {
    Calls.run(
        to,
        Script.LIST,
        List.of(Names.DIRECTORY),
        List.of(Calls.number(isOver ? 1 : 0), Calls.number(most)),
        reply -> then.accept(reply.isArray() ? entries(reply.bulks()) : List.of()));
  }

  private static List<Entry> entries(List<byte @Nullable []> words) {
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i + 1 < words.size(); i += 2) {
      byte[] key = Objects.requireNonNull(words.get(i));
      entries.add(new Entry(key, Objects.requireNonNull(words.get(i + 1))));
    }
    return entries;
  }
}
