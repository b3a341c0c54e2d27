package io.heatsink.differential;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.heatsink.testkit.RawClient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * A conversation: commands of several clients in batches. Immutable. Clients of even number speak
 * RESP2 at first, the others RESP3.
 *
 * @param seed decides where the bytes of each batch are cut
 */
record Script(long seed, List<Step> steps) {

  static final int CLIENTS = 4;

  /** How a command looks on the wire. */
  enum Form {
    ARRAY,
    INLINE,
    /** The first word are the bytes themselves, which Redis refuses and hangs up. */
    BROKEN
  }

  /**
   * One command.
   *
   * @param batch commands of one batch are sent before any of their replies is read
   */
  record Step(int batch, int client, Form form, List<byte[]> words) {

    byte[] bytes() {
      return switch (form) {
        case ARRAY -> RawClient.encode(words.toArray(new byte[0][]));
        case INLINE -> (line() + "\r\n").getBytes(US_ASCII);
        case BROKEN -> words.get(0);
      };
    }

    /** The first word, lower case. */
    String verb() {
      return new String(words.get(0), UTF_8).toLowerCase(Locale.ROOT);
    }

    /** Whether one of the words is this one, whatever its case. */
    boolean has(String word) {
      return words.stream().anyMatch(w -> new String(w, UTF_8).equalsIgnoreCase(word));
    }

    /** As one would type it into redis-cli. */
    String line() {
      return String.join(" ", words.stream().map(Step::quoted).toList());
    }

    private static String quoted(byte[] word) {
      StringBuilder text = new StringBuilder();
      boolean plain = word.length > 0;
      for (byte b : word) {
        boolean letter = b > ' ' && b < 127 && b != '"' && b != '\'' && b != '\\';
        plain &= letter;
        if (letter || b == ' ' || b == '\'') {
          text.append((char) b);
        } else if (b == '"' || b == '\\') {
          text.append('\\').append((char) b);
        } else {
          text.append("\\x%02x".formatted(b & 0xff));
        }
      }
      return plain ? text.toString() : "\"" + text + "\"";
    }

    @Override
    public String toString() {
      String line = form == Form.BROKEN ? RawClient.printable(words.get(0)) : line();
      String shown = line.length() <= 400 ? line : line.substring(0, 400) + " … " + line.length();
      String note = form == Form.ARRAY ? "" : "   # " + form.name().toLowerCase(Locale.ROOT);
      return "client " + client + "> " + shown + note;
    }
  }

  /** The same with fewer commands, in the same batches. */
  Script with(List<Step> fewer) {
    return new Script(seed, List.copyOf(fewer));
  }

  /**
   * The steps, batch by batch. Redis from 7.2 on does not answer wrong credentials at all while it
   * owes the client other replies ({@code addAuthErrReply} in its acl.c), so they are a batch of
   * their own.
   */
  List<List<Step>> batches() {
    List<List<Step>> batches = new ArrayList<>();
    int last = -1;
    for (Step step : steps) {
      boolean hasCredentials = step.has("auth");
      if (batches.isEmpty() || step.batch() != last || hasCredentials) {
        batches.add(new ArrayList<>());
        last = hasCredentials ? -1 : step.batch();
      }
      batches.get(batches.size() - 1).add(step);
    }
    return batches;
  }

  /** The bytes of one client's part of a batch, as they are sent: often in pieces. */
  List<byte[]> pieces(List<Step> part) {
    byte[] bytes = RawClient.join(part.stream().map(Step::bytes).toList());
    SplittableRandom random = new SplittableRandom(seed + part.get(0).batch());
    int cuts = random.nextInt(3) == 0 ? 1 + random.nextInt(6) : 0;
    int[] places = random.ints(cuts, 0, bytes.length + 1).sorted().toArray();
    List<byte[]> pieces = new ArrayList<>();
    int from = 0;
    for (int place : places) {
      pieces.add(Arrays.copyOfRange(bytes, from, place));
      from = place;
    }
    pieces.add(Arrays.copyOfRange(bytes, from, bytes.length));
    return pieces;
  }

  /** For a reader: one line a command, an empty one where replies are read. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (List<Step> batch : batches()) {
      batch.forEach(step -> text.append(step).append('\n'));
      text.append('\n');
    }
    return text.toString();
  }
}
