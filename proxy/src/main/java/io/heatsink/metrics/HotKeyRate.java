package io.heatsink.metrics;

/**
 * A hot key as a label.
 *
 * @param key fit to be shown
 * @param heat read, write, or both
 * @param commandsPerSecond on it
 */
public record HotKeyRate(String key, int database, String heat, double commandsPerSecond) {}
