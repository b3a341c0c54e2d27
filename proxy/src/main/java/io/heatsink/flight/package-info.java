/**
 * Requests of many clients that travel as one: the rule of joining, and coalesced reads.
 *
 * <pre>
 *   first reader ──▶ flight on the wire ──────────────▶ reply to its members
 *   later readers ─▶ gather in exactly one next flight ─▶ sent when the one before it lands
 * </pre>
 */
@NullMarked
package io.heatsink.flight;

import org.jspecify.annotations.NullMarked;
