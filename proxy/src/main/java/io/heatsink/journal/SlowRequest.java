package io.heatsink.journal;

/**
 * A request that took long, its turn among its client's replies apart, and where its time went.
 * Immutable.
 *
 * @param number grows by one with each
 * @param atMillis when it was answered, in milliseconds since 1970
 * @param command its name in lower case
 * @param key the first of its keys, cut after {@link SlowLog#MAX_KEY_BYTES}; empty where it has
 *     none
 * @param keyLength bytes in the whole key
 * @param client the address of who asked
 */
@SuppressWarnings("ArrayRecordComponent") // never changed
public record SlowRequest(
    long number,
    long atMillis,
    String command,
    byte[] key,
    int keyLength,
    String client,
    Spent spent) {

  /**
   * Where the time of a request went, in nanoseconds.
   *
   * @param total from the read of the request until it was answered in its turn
   * @param waiting in Heatsink, before it was sent to the backend for the last time: for others of
   *     its flight, for room, for a connection
   * @param pipe behind other commands on the same connection
   * @param backend from when the connection was its own until its reply had come
   * @param ordering behind earlier requests of the same client, its own reply being there
   */
  public record Spent(long total, long waiting, long pipe, long backend, long ordering) {}
}
