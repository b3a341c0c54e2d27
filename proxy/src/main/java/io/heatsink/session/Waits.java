package io.heatsink.session;

/** Why a session does not look at its next request, as bits. */
final class Waits {

  static final int UNWRITABLE = 1;
  static final int PIPELINE_FULL = 2;
  static final int BARRIER = 4;
  static final int UPSTREAM_FULL = 8;
  static final int SWITCHING = 16;
  static final int CLOSING = 32;
  static final int PINNING = 64;

  private Waits() {}
}
