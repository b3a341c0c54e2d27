package io.heatsink.command;

import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Every command by name, found without an allocation. Immutable, so thread-safe. */
public final class CommandTable {

  private static final int MAX_NAME_BYTES = 32;
  private static final long LOWER_CASE = 0x2020202020202020L;

  private final Map<String, CommandSpec> byName;
  private final CommandSpec[] table;
  private final long[] tags;
  private final int mask;
  private final boolean isTold;

  CommandTable(Collection<CommandSpec> specs, boolean isTold) {
    this.isTold = isTold;
    byName = new HashMap<>();
    specs.forEach(spec -> byName.put(spec.name(), spec));
    int size = Integer.highestOneBit(Math.max(byName.size(), 16)) * 8;
    mask = size - 1;
    table = new CommandSpec[size];
    tags = new long[size];
    byName.values().forEach(this::put);
  }

  /** The table that ships with Heatsink, for as long as the backend has not told its own. */
  public static CommandTable shipped() {
    return CommandTableReader.shipped();
  }

  /**
   * The backend's own table, completed from the shipped one where an old backend leaves key
   * specifications and subcommands out.
   *
   * @param reply the reply of {@code COMMAND}: nested lists, numbers and text
   */
  public static CommandTable ofReply(List<?> reply) {
    return CommandTableReader.ofReply(reply);
  }

  /** Whether it is the backend's own, so that what it lacks the backend lacks. */
  public boolean isTold() {
    return isTold;
  }

  /** Number of commands, subcommands not counted. */
  public int size() {
    return byName.size();
  }

  /** The command that a request names, its subcommand where it has one, or UNKNOWN. */
  public CommandSpec find(Request request) {
    int length = request.length(0);
    if (length == 0 || length > MAX_NAME_BYTES) {
      return CommandSpec.UNKNOWN;
    }
    long tag = tag(request, length);
    for (int i = slot(tag); ; i = (i + 1) & mask) {
      CommandSpec spec = table[i];
      if (spec == null) {
        return CommandSpec.UNKNOWN;
      }
      if (tags[i] == tag && (length <= 8 || request.is(0, spec.name()))) {
        return spec.hasSubcommands() ? spec.of(request) : spec;
      }
    }
  }

  /** Whether the backend has this command, or subcommand as {@code config|get}. */
  public boolean knows(String name) {
    int bar = name.indexOf('|');
    CommandSpec spec = byName.get(bar < 0 ? name : name.substring(0, bar));
    return spec != null
        && spec.isNamed()
        && (bar < 0 || spec.subcommands().stream().anyMatch(sub -> sub.name().equals(name)));
  }

  @Nullable CommandSpec find(String name) {
    return byName.get(name);
  }

  Collection<CommandSpec> specs() {
    return byName.values();
  }

  private void put(CommandSpec spec) {
    byte[] name = spec.name().getBytes(StandardCharsets.UTF_8);
    if (name.length > MAX_NAME_BYTES) {
      return;
    }
    ByteBuf bytes = io.netty.buffer.Unpooled.wrappedBuffer(name);
    long tag = tag(bytes, 0, name.length);
    int i = slot(tag);
    while (table[i] != null) {
      i = (i + 1) & mask;
    }
    table[i] = spec;
    tags[i] = tag;
  }

  private static long tag(Request request, int length) {
    int index = request.offset(0);
    if (length <= Long.BYTES && index + Long.BYTES <= request.start() + request.length()) {
      long word = request.buffer().getLongLE(index) | LOWER_CASE;
      return word & (-1L >>> (Long.SIZE - Byte.SIZE * length));
    }
    return tag(request.buffer(), index, length);
  }

  /** Up to eight bytes exactly, in lower case; of a longer name its first and last, mixed. */
  private static long tag(ByteBuf buf, int index, int length) {
    if (length > 8) {
      long head = buf.getLongLE(index) | LOWER_CASE;
      long tail = buf.getLongLE(index + length - 8) | LOWER_CASE;
      return head * 31 + tail + length;
    }
    long word = 0;
    for (int i = length - 1; i >= 0; i--) {
      word = (word << 8) | (buf.getByte(index + i) & 0xff) | 0x20;
    }
    return word;
  }

  private int slot(long tag) {
    return (int) ((tag * 0x9e3779b97f4a7c15L) >>> 40) & mask;
  }

  /** For building tables: names are lower case. */
  static List<String> lower(List<?> words) {
    List<String> lower = new ArrayList<>();
    for (Object word : words) {
      lower.add(String.valueOf(word).toLowerCase(Locale.ROOT));
    }
    return lower;
  }
}
