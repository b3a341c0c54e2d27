package io.heatsink.benchmarks.load.traffic;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * The keys whose values have one size. Immutable.
 *
 * @param valueBytes of each value
 * @param count keys, from 0 to {@code count - 1}
 */
public record KeySpace(int valueBytes, int count) {

  /** Digits of a key's number, leading zeroes included. */
  static final int DIGITS = 9;

  /** What all values of one size may take, so that a Redis of some hundred MB holds them. */
  private static final long MAX_BYTES = 128 << 20;

  /** A prime above every count, so that multiples of it visit every key. */
  private static final long STEP = 982_451_653;

  /** Of values this size as many as wanted, unless they would take too much memory. */
  public static KeySpace of(int valueBytes, int wanted) {
    return new KeySpace(valueBytes, (int) Math.min(wanted, Math.max(1, MAX_BYTES / valueBytes)));
  }

  /** The name of a key. */
  public String name(int key) {
    String digits = Integer.toString(key);
    return prefix() + "0".repeat(DIGITS - digits.length()) + digits;
  }

  private String prefix() {
    return "v" + valueBytes + ":";
  }

  /** The key of a rank: neighbours in popularity are no neighbours by name. */
  int key(long rank) {
    return (int) (rank % count * STEP % count);
  }

  /** The key that a hot load reads. */
  public String hot() {
    return "hot:" + valueBytes;
  }

  /** What every key holds. */
  public byte[] value() {
    return value(valueBytes);
  }

  static byte[] value(int bytes) {
    byte[] value = new byte[bytes];
    Arrays.fill(value, (byte) 'x');
    return value;
  }

  /** A command on one of these keys, whose number is to be put in. */
  Template template(String command, byte[]... rest) {
    byte[][] words = new byte[rest.length + 2][];
    words[0] = command.getBytes(US_ASCII);
    words[1] = name(0).getBytes(US_ASCII);
    System.arraycopy(rest, 0, words, 2, rest.length);
    return Template.of(words, prefix().length(), 1, count);
  }

  /** A command on so many of these keys. */
  Template template(String command, int keys) {
    byte[][] words = new byte[keys + 1][];
    Arrays.fill(words, name(0).getBytes(US_ASCII));
    words[0] = command.getBytes(US_ASCII);
    return Template.of(words, prefix().length(), keys, count);
  }
}
