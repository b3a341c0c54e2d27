package io.heatsink.admin;

/**
 * Whether traffic should be sent here.
 *
 * @param reason one line for an operator, also when ready
 */
public record Readiness(boolean ready, String reason) {}
