package io.heatsink.cluster;

import io.heatsink.topology.Node;
import org.jspecify.annotations.Nullable;

/**
 * What {@code MOVED} and {@code ASK} say. Immutable.
 *
 * @param node who has the slot; its host is empty where it is the one that says so
 * @param isForGood MOVED: all commands on the slot are to go there from now on
 */
record Redirect(int slot, Node node, boolean isForGood) {

  /** Reads an error reply's text, or answers null if it is neither. */
  static @Nullable Redirect of(String error) {
    boolean isForGood = error.startsWith("-MOVED ");
    String[] words = error.trim().split(" ", -1);
    if ((!isForGood && !error.startsWith("-ASK ")) || words.length != 3) {
      return null;
    }
    int colon = words[2].lastIndexOf(':');
    if (colon < 0) {
      return null;
    }
    try {
      Node node =
          new Node(words[2].substring(0, colon), Integer.parseInt(words[2].substring(colon + 1)));
      return new Redirect(Integer.parseInt(words[1]), node, isForGood);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
