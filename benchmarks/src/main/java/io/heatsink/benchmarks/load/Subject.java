package io.heatsink.benchmarks.load;

import org.jspecify.annotations.Nullable;

/**
 * Something that serves Redis' protocol, to be measured. Immutable.
 *
 * @param name in the table
 * @param port on loopback
 * @param proxyPid its process; null for the backend itself
 */
record Subject(String name, int port, @Nullable Long proxyPid) {

  /** The backend without anything before it: what the others are compared with. */
  static final String DIRECT = "direct";

  static final String HEATSINK = "heatsink";
  static final String HEATSINK_OFF = "heatsink-off";
  static final String NUTCRACKER = "nutcracker";
}
