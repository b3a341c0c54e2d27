package io.heatsink.clients;

/** A column of the matrix. */
enum Feature {
  START_UP("start-up"),
  POOL("pool"),
  PIPELINE("pipeline"),
  TRANSACTION("transaction"),
  PUB_SUB("pub/sub"),
  BLOCKING_POP("blocking pop"),
  SCRIPT("script"),
  TRACKING("client-side caching"),
  HEATSINK_RESTARTS("Heatsink restarts"),
  REDIS_RESTARTS("Redis restarts");

  private final String title;

  Feature(String title) {
    this.title = title;
  }

  @Override
  public String toString() {
    return title;
  }
}
