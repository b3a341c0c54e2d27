package io.heatsink.console;

/**
 * One setting that is in force, without secrets. Immutable.
 *
 * @param origin where its value came from
 * @param isLive whether a reload changes it
 */
public record Configured(String key, String value, String origin, boolean isLive) {}
