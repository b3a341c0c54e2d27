package io.heatsink.command;

import io.heatsink.resp.Request;

/**
 * Where some of a command's keys stand. Immutable.
 *
 * @see <a href="https://redis.io/docs/latest/develop/reference/key-specs/">Key specifications</a>
 */
final class KeySpec {

  private static final char UNKNOWN = '?';

  private final char begin;
  private final int index;
  private final String keyword;
  private final char find;
  private final int first;
  private final int second;
  private final int third;

  private KeySpec(char begin, int index, String keyword, char find, int[] numbers) {
    this.begin = begin;
    this.index = index;
    this.keyword = keyword;
    this.find = find;
    this.first = numbers[0];
    this.second = numbers[1];
    this.third = numbers[2];
  }

  /** The word that is its first key, if it always is the same; otherwise 0. */
  int firstWord() {
    return begin != 'i' ? 0 : find == 'n' ? index + second : index;
  }

  /** The first, last and step of Redis before 7.0, where last counts from the end if negative. */
  static KeySpec range(int firstKey, int lastKey, int step) {
    int last = lastKey >= 0 ? lastKey - firstKey : lastKey;
    return new KeySpec('i', firstKey, "", 'r', new int[] {last, Math.max(step, 1), 0});
  }

  /**
   * Reads the form of {@code commands.txt}: {@code i1:r-1,2,0} begins at word 1 and ranges to the
   * last in steps of 2; {@code kSTREAMS@1:r-1,1,2} begins after the word; {@code i2:n0,1,1} counts
   * keys; {@code ?} cannot be known, {@code !} says that keys are missing.
   */
  static KeySpec parse(String text) {
    if (text.endsWith("!") || text.contains("?")) {
      return new KeySpec(UNKNOWN, 0, "", UNKNOWN, new int[3]);
    }
    int colon = text.indexOf(':');
    String where = text.substring(1, colon);
    char begin = text.charAt(0);
    int at = begin == 'k' ? where.lastIndexOf('@') : -1;
    int index = Integer.parseInt(where.substring(at + 1));
    String keyword = at < 0 ? "" : where.substring(0, at).toLowerCase(java.util.Locale.ROOT);
    String[] parts = text.substring(colon + 2).split(",", -1);
    int[] numbers = new int[3];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = Integer.parseInt(parts[i]);
    }
    return new KeySpec(begin, index, keyword, text.charAt(colon + 1), numbers);
  }

  /** Whether this names the word after the command's name and nothing else. */
  boolean isSingleKey() {
    return begin == 'i' && index == 1 && find == 'r' && first == 0;
  }

  /** Adds the positions of the keys; false where they cannot be known. */
  boolean collect(Request request, KeyPositions out) {
    if (begin == UNKNOWN) {
      return false;
    }
    int from = begin == 'i' ? index : afterKeyword(request);
    if (from < 0 || from >= request.argc()) {
      return true;
    }
    return find == 'r' ? range(request, from, out) : counted(request, from, out);
  }

  private int afterKeyword(Request request) {
    int step = index > 0 ? 1 : -1;
    int i = index > 0 ? index : request.argc() + index;
    for (; i > 0 && i < request.argc(); i += step) {
      if (request.is(i, keyword)) {
        return i + 1;
      }
    }
    return -1;
  }

  private boolean range(Request request, int from, KeyPositions out) {
    int last;
    if (first >= 0) {
      last = from + first;
    } else if (third <= 1) {
      last = request.argc() + first;
    } else {
      last = from + (request.argc() - from) / third + first;
    }
    for (int i = from; i <= last && i < request.argc(); i += second) {
      out.add(i);
    }
    return true;
  }

  private boolean counted(Request request, int from, KeyPositions out) {
    int countAt = from + first;
    if (countAt >= request.argc() || !request.isLong(countAt)) {
      return true;
    }
    long count = request.asLong(countAt);
    int at = from + second;
    for (long k = 0; k < count && at < request.argc(); k++, at += third) {
      out.add(at);
    }
    return true;
  }
}
