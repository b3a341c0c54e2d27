package io.heatsink.session;

import io.heatsink.resp.Replies;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Whether a client's reads are to be answered by the backend alone. Confined to its event loop. */
final class Freshness {

  private final byte[] nameSuffix;
  private boolean isWanted;
  private boolean isByName;

  /**
   * By default they are not.
   *
   * @param nameSuffix how the name of a client ends that cannot say so otherwise; empty for none
   */
  Freshness(String nameSuffix) {
    this.nameSuffix = Replies.ascii(nameSuffix);
  }

  boolean isWanted() {
    return isWanted;
  }

  /** What the client says. */
  void want(boolean on) {
    isWanted = on;
    isByName = false;
  }

  /** What the client's name says; a name that says nothing ends only what a name began. */
  void named(byte @Nullable [] name) {
    if (name != null && endsWithSuffix(name)) {
      isByName |= !isWanted;
      isWanted = true;
    } else if (isByName) {
      want(false);
    }
  }

  private boolean endsWithSuffix(byte[] name) {
    int from = name.length - nameSuffix.length;
    return nameSuffix.length > 0
        && from >= 0
        && Arrays.equals(name, from, name.length, nameSuffix, 0, nameSuffix.length);
  }
}
