package io.heatsink.admin;

/**
 * Whether traffic should be sent here.
 *
 * @param reason one line for an operator, also when ready
 * @param tracking whether the backend tells of changes, and if not, why; it is ready either way
 * @param topology where the data is, in one line
 */
public record Readiness(boolean ready, String reason, String tracking, String topology) {}
