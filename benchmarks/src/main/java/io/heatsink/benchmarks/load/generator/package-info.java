/**
 * The load generator: a process of its own with one event loop.
 *
 * <pre>
 *   harness ── Order (arguments) ──▶ Generator ─▶ ClosedPace or OpenPace ─▶ Connection ─▶ subject
 *           ◀─ ready, mark, Outcome ────┘                                   Tally ◀─┘ replies
 * </pre>
 *
 * <p>It warms up, waits until all is answered, says {@code ready}, and begins to measure when it is
 * told {@code go}: so whoever reads counters does it while nothing is under way.
 */
@NullMarked
package io.heatsink.benchmarks.load.generator;

import org.jspecify.annotations.NullMarked;
