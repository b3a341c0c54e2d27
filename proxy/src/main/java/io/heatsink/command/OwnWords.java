package io.heatsink.command;

import io.netty.buffer.ByteBuf;
import java.util.List;

/**
 * How Heatsink spells the commands that it sends for itself: in a case that nobody else writes, so
 * that they can be left out of what MONITOR shows. Redis does not mind.
 */
public final class OwnWords {

  public static final String PING = "pINg";
  public static final String SELECT = "sELECt";
  public static final String CLIENT = "cLIENt";
  public static final String COMMAND = "cOMMANd";
  public static final String ROLE = "rOLe";
  public static final String CLUSTER = "cLUSTEr";
  public static final String INFO = "iNFo";
  public static final String READONLY = "rEADONLy";
  public static final String SPUBLISH = "sPUBLISh";

  private static final List<String> ALL =
      List.of(PING, SELECT, CLIENT, COMMAND, ROLE, CLUSTER, INFO, READONLY, SPUBLISH);

  private OwnWords() {}

  /** Whether one of them begins at {@code index}, before a closing quote. */
  public static boolean isAt(ByteBuf bytes, int index, int limit) {
    return ALL.stream().anyMatch(word -> isAt(bytes, index, limit, word));
  }

  private static boolean isAt(ByteBuf bytes, int index, int limit, String word) {
    int end = index + word.length();
    if (end >= limit || bytes.getByte(end) != '"') {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (bytes.getByte(index + i) != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
