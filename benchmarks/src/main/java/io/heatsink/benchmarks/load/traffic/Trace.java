package io.heatsink.benchmarks.load.traffic;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/**
 * Commands that somebody recorded, from a file. Immutable.
 *
 * <p>One command a line: a key, which is read with GET, or the name of a command, a space and a
 * key. Empty lines and such that begin with {@code #} are skipped. A file whose name ends in {@code
 * .gz} is unpacked.
 */
public final class Trace {

  /**
   * One command on one key.
   *
   * @param name upper case
   */
  public record Command(String name, String key) {

    boolean isRead() {
      return name.equals(READ);
    }
  }

  /** Lines beyond are not read: they are held in memory. */
  static final int MAX_COMMANDS = 4_000_000;

  private static final String READ = "GET";
  private static final Set<String> WRITES = Set.of("SET", "INCR", "DECR", "DEL");
  private static final Set<String> COUNTS = Set.of("INCR", "DECR");

  private final List<Command> commands;
  private final Set<String> counters;
  private final int[] order;

  private Trace(List<Command> commands, int[] order) {
    this.commands = commands;
    this.order = order;
    counters =
        commands.stream()
            .filter(command -> COUNTS.contains(command.name()))
            .map(Command::key)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads a file.
   *
   * @throws IOException where it cannot be read, or a line is no command; the message says which
   */
  public static Trace read(Path file) throws IOException {
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = file.toString().endsWith(".gz") ? new GZIPInputStream(raw) : raw;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1))) {
      return parse(lines, file.toString());
    }
  }

  static Trace parse(BufferedReader lines, String name) throws IOException {
    Map<Command, Integer> numbers = new HashMap<>();
    List<Command> commands = new ArrayList<>();
    int[] order = new int[1024];
    int size = 0;
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      String text = line.strip();
      if (text.isEmpty() || text.startsWith("#")) {
        continue;
      }
      if (size == MAX_COMMANDS) {
        break;
      }
      Command command = command(text, name + ":" + number);
      Integer known = numbers.putIfAbsent(command, commands.size());
      if (known == null) {
        commands.add(command);
      }
      order = size == order.length ? Arrays.copyOf(order, 2 * size) : order;
      order[size++] = known == null ? commands.size() - 1 : known;
    }
    if (size == 0) {
      throw new IOException(name + " holds no command");
    }
    return new Trace(commands, Arrays.copyOf(order, size));
  }

  private static Command command(String text, String where) throws IOException {
    String[] words = text.split("\\s+", -1);
    if (words.length == 1) {
      return new Command(READ, words[0]);
    }
    String name = words[0].toUpperCase(Locale.ROOT);
    if (words.length != 2 || !(name.equals(READ) || WRITES.contains(name))) {
      throw new IOException(
          where + ": neither a key nor one of GET, SET, INCR, DECR, DEL and a key: " + text);
    }
    return new Command(name, words[1]);
  }

  /** The distinct commands. */
  public List<Command> commands() {
    return List.copyOf(commands);
  }

  /** Indices of {@link #commands} in the order of the file. */
  int[] order() {
    return order.clone();
  }

  /** Whether the key must hold a number. */
  public boolean isCounter(String key) {
    return counters.contains(key);
  }

  /** Whether a key may be missing, for the trace deletes. */
  public boolean deletes() {
    return commands.stream().anyMatch(command -> command.name().equals("DEL"));
  }

  /** Shares of the reads and of the writes of each key. */
  Popularity popularity() {
    Map<String, Integer> ranks = new HashMap<>();
    commands.forEach(command -> ranks.putIfAbsent(command.key(), ranks.size()));
    double[] reads = new double[ranks.size()];
    double[] writes = new double[ranks.size()];
    for (int index : order) {
      Command command = commands.get(index);
      double[] shares = command.isRead() ? reads : writes;
      shares[ranks.getOrDefault(command.key(), 0)] += 1.0 / order.length;
    }
    return new Popularity(reads, writes);
  }
}
