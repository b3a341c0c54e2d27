/**
 * How old answers are: one hot key, written straight to Redis and read through Heatsink.
 *
 * <pre>
 *   writer ──────────────────▶ Redis
 *   readers ─▶ Heatsink ─▶ ────▲
 * </pre>
 */
@NullMarked
package io.heatsink.benchmarks.staleness;

import org.jspecify.annotations.NullMarked;
