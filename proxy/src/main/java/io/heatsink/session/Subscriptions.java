package io.heatsink.session;

import io.heatsink.command.OwnWords;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.reply.ReplyQueue;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

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
  private static final int MAX_DIGITS = 16;

  private final Session session;
  private final LaneContext lane;
  private @Nullable ShardChannels shardChannels;
  private boolean listening;
  private boolean monitoring;
  private int channels;
  private int patterns;
  private int shards;
  private boolean uncounted;
  private boolean begins = true;
  private int kind = -1;
  private int number;
  private boolean hidden;

  Subscriptions(Session session, LaneContext lane) {
    this.session = session;
    this.lane = lane;
  }

  /** Those that are heard on connections of their own. */
  ShardChannels shardChannels() {
    ShardChannels own = shardChannels;
    if (own == null) {
      own = new ShardChannels(session, lane);
      shardChannels = own;
    }
    return own;
  }

  private int spread() {
    return shardChannels == null ? 0 : shardChannels.count();
  }

  /** Whether they, and nothing else, bar a RESP2 client from commands. */
  boolean isBarred() {
    return shardChannels != null && !session.isResp3() && !isCountedHere() && spread() > 0;
  }

  /** Whether frames may come that answer no command. */
  boolean isListening() {
    return listening || spread() > 0;
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
    return shards + spread();
  }

  /** Whether Redis treats the client as a subscriber. */
  boolean isSubscribed() {
    return isCountedHere() || spread() > 0;
  }

  private boolean isCountedHere() {
    return uncounted || channels + patterns + shards > 0;
  }

  /** Takes from the backend only what the client takes. */
  void reading(boolean on) {
    if (shardChannels != null) {
      shardChannels.reading(on);
    }
  }

  /** The client leaves, or begins anew. */
  void abandon() {
    if (shardChannels != null) {
      shardChannels.abandon();
      shardChannels = null;
    }
  }

  void clear() {
    listening = false;
    monitoring = false;
    channels = 0;
    patterns = 0;
    shards = 0;
    uncounted = false;
    begins = true;
  }

  /**
   * A SUBSCRIBE or its like is about to be sent: the slot that gives its confirmations, or the
   * error in their stead, to the place.
   *
   * @param isSilent whether CLIENT REPLY swallows such a line; confirmations it does not
   */
  ReplySlot confirmations(Request request, Place place, boolean isSilent) {
    listening = true;
    return new Confirmations(request, place, isSilent);
  }

  /** Counts in the confirmation that EXEC will hold of this command, which has one. */
  TransactionEnd.Element queued(Request request) {
    int confirmation = FIRST_CONFIRMATION + group(request);
    return (bytes, index, length, last, to) -> {
      kind = confirmation;
      count(bytes, index, length, last);
      to.part(bytes, index, length, false);
    };
  }

  private static int group(Request request) {
    byte first = (byte) (request.buffer().getByte(request.offset(0)) | 0x20);
    boolean isPlain = request.length(0) == "subscribe".length() || first == 'u';
    return isPlain ? 0 : first == 'p' ? 1 : 2;
  }

  /** Whether it is known what is subscribed to. */
  boolean isCounted() {
    return !uncounted;
  }

  /**
   * Whether the frame that begins here is not the reply that {@code next} waits for, or the end of
   * it.
   */
  boolean claims(ByteBuf bytes, int index, int length, ReplySlot next, boolean isResp3) {
    byte type = bytes.getByte(index);
    if (monitoring && type == '+' && length > 1) {
      byte first = bytes.getByte(index + 1);
      return first >= '0' && first <= '9';
    }
    if (next instanceof Confirmations command) {
      boolean confirms = kind(bytes, index, length) >= FIRST_CONFIRMATION;
      return !isLine(type) && !(confirms && command.isLast());
    }
    boolean mayCome = type == '*' && !isResp3 && isCountedHere();
    return type == '>' || (mayCome && kind(bytes, index, length) >= 0);
  }

  /**
   * Takes a frame that was claimed, or a part of it, to the client.
   *
   * @param next who waits for the next reply
   */
  void take(
      ByteBuf bytes, int index, int length, boolean last, @Nullable ReplySlot next, ReplyQueue to) {
    if (begins) {
      hidden = monitoring && bytes.getByte(index) == '+' && isOurs(bytes, index, length);
      kind = kind(bytes, index, length);
    }
    count(bytes, index, length, last);
    if (kind >= FIRST_CONFIRMATION && next instanceof Confirmations command) {
      command.pass(bytes, index, length, last);
    } else if (!hidden) {
      to.push(bytes, index, length, last);
    }
  }

  /** Sees a frame, or a part of it; the number that it ends with counts in a confirmation. */
  private void count(ByteBuf bytes, int index, int length, boolean last) {
    begins = last;
    if (kind < FIRST_CONFIRMATION) {
      return;
    }
    int end = index + length;
    for (int i = Math.max(index, end - MAX_DIGITS); i < end; i++) {
      byte b = bytes.getByte(i);
      if (b == ':') {
        number = 0;
      } else if (b >= '0' && b <= '9') {
        number = 10 * number + (b - '0');
      }
    }
    if (last) {
      switch (kind % 3) {
        case 0 -> channels = number - patterns;
        case 1 -> patterns = number - channels;
        default -> shards = number;
      }
    }
  }

  /** Whether MONITOR tells of what Heatsink itself says, not on behalf of a client. */
  private static boolean isOurs(ByteBuf bytes, int index, int length) {
    int limit = index + length;
    int quote = bytes.indexOf(index, limit, (byte) '"');
    return quote > 0 && OwnWords.isAt(bytes, quote + 1, limit);
  }

  /** Whether it is an error, or QUEUED, and no confirmation. */
  private static boolean isLine(byte type) {
    return type == '-' || type == '+';
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

  /** Takes the confirmations of one command to its client's place. */
  private final class Confirmations implements ReplySlot {

    /*
     * There is one for each word, and without words one for each subscription, at least one. The
     * last is the command's reply; those before it come as frames that answer no command.
     */

    private final Place place;
    private final boolean isSilent;
    private final int group;
    private int left;
    private boolean isLine;

    Confirmations(Request request, Place place, boolean isSilent) {
      this.place = place;
      this.isSilent = isSilent;
      this.group = group(request);
      this.left = request.argc() - 1;
    }

    boolean isLast() {
      if (left > 0) {
        return left == 1;
      }
      int subscribed = group == 0 ? channels : group == 1 ? patterns : shards;
      return subscribed <= 1;
    }

    void pass(ByteBuf bytes, int index, int length, boolean last) {
      place.part(bytes, index, length, false);
      if (last && left > 0) {
        left--;
      }
    }

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {
      if (begins) {
        byte type = bytes.getByte(index);
        isLine = isLine(type);
        kind = isLine ? -1 : kind(bytes, index, length);
        // Queued: of several confirmations EXEC holds only the first, so they are not counted.
        uncounted |= type == '+' && left != 1;
      }
      count(bytes, index, length, last);
      place.part(bytes, index, isLine && isSilent ? 0 : length, last);
    }

    @Override
    public void fail(byte[] error) {
      place.fail(error);
    }
  }
}
