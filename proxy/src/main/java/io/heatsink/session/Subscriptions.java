package io.heatsink.session;

import io.heatsink.command.OwnWords;
import io.heatsink.resp.Numbers;
import io.netty.buffer.ByteBuf;

/**
 * Tells what pub/sub and MONITOR send from replies, and counts what is subscribed to. Confined to
 * its event loop.
 */
final class Subscriptions {

  /*
   * On RESP3 such frames are pushes. On RESP2 they are told by their first words. The count in a
   * confirmation is that of channels and patterns together, or of shard channels.
   */

  /** First words with their line end, in threes: of channels, patterns and shard channels. */
  private static final String[] KINDS = {
    "message\r",
    "pmessage\r",
    "smessage\r",
    "subscribe\r",
    "psubscribe\r",
    "ssubscribe\r",
    "unsubscribe\r",
    "punsubscribe\r",
    "sunsubscribe\r"
  };

  private static final int FIRST_CONFIRMATION = 3;
  private static final int MAX_DIGITS = 10;

  private boolean listening;
  private boolean monitoring;
  private int channels;
  private int patterns;
  private int shards;
  private int kind = -1;
  private boolean hidden;

  /** Whether frames may come that answer no command. */
  boolean isListening() {
    return listening;
  }

  boolean isMonitoring() {
    return monitoring;
  }

  void listen() {
    listening = true;
  }

  void monitor() {
    listening = true;
    monitoring = true;
  }

  int channels() {
    return channels;
  }

  int patterns() {
    return patterns;
  }

  int shards() {
    return shards;
  }

  /** Whether Redis treats the client as a subscriber. */
  boolean isSubscribed() {
    return channels + patterns + shards > 0;
  }

  void clear() {
    listening = false;
    monitoring = false;
    channels = 0;
    patterns = 0;
    shards = 0;
    kind = -1;
  }

  /** Whether the frame that begins here answers no command, while commands wait for replies. */
  boolean claims(ByteBuf bytes, int index, int length, boolean isResp3) {
    byte type = bytes.getByte(index);
    if (monitoring && type == '+' && length > 1) {
      byte first = bytes.getByte(index + 1);
      return first >= '0' && first <= '9';
    }
    return type == '*' && !isResp3 && kind(bytes, index, length) >= 0;
  }

  /** Sees a frame that answers no command, or a part of it; false if the client is not to. */
  boolean see(ByteBuf bytes, int index, int length, boolean begins, boolean last) {
    if (begins) {
      hidden = monitoring && bytes.getByte(index) == '+' && isOurs(bytes, index, length);
      kind = kind(bytes, index, length);
    }
    if (last && kind >= FIRST_CONFIRMATION) {
      count(lastNumber(bytes, index, length));
    }
    return !hidden;
  }

  /** Whether MONITOR tells of what Heatsink itself says, not on behalf of a client. */
  private static boolean isOurs(ByteBuf bytes, int index, int length) {
    int limit = index + length;
    int quote = bytes.indexOf(index, limit, (byte) '"');
    return quote > 0 && OwnWords.isAt(bytes, quote + 1, limit);
  }

  private void count(int total) {
    if (total < 0) {
      return;
    }
    switch (kind % 3) {
      case 0 -> channels = total - patterns;
      case 1 -> patterns = total - channels;
      default -> shards = total;
    }
  }

  /** The number that a frame ends with, or -1. */
  private static int lastNumber(ByteBuf bytes, int index, int length) {
    int end = index + length - 2;
    int at = end;
    while (at > index && end - at < MAX_DIGITS && isDigit(bytes.getByte(at - 1))) {
      at--;
    }
    boolean whole = at < end && at > index && bytes.getByte(at - 1) == ':';
    return whole ? (int) Numbers.parseLong(bytes, at, end - at) : -1;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }

  /** Which of pub/sub's words an array begins with, or -1. */
  private static int kind(ByteBuf bytes, int index, int length) {
    int limit = index + length;
    int word = bytes.indexOf(index, limit, (byte) '\n') + 1;
    if (word == 0 || word >= limit || bytes.getByte(word) != '$') {
      return -1;
    }
    int text = bytes.indexOf(word, limit, (byte) '\n') + 1;
    for (int i = 0; text > 0 && i < KINDS.length; i++) {
      if (startsWith(bytes, text, limit - text, KINDS[i])) {
        return i;
      }
    }
    return -1;
  }

  static boolean startsWith(ByteBuf bytes, int index, int length, String text) {
    if (length < text.length()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (bytes.getByte(index + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
