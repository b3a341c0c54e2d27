package io.heatsink.clients;

/** A client of the matrix, connected to a {@link Stand}. */
interface Subject extends AutoCloseable {

  /**
   * Does what the feature is, as an application would; fails where anything is not as with Redis.
   */
  void show(Feature feature, Stand stand) throws Exception;

  @Override
  void close();
}
