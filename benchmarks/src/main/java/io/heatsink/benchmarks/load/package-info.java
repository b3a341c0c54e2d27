/**
 * The end-to-end measurement: Heatsink and others as processes of their own before one Redis, loads
 * in turn, and what each cost.
 *
 * <pre>
 *   BenchCommand ─▶ Bench ─┬─▶ Subjects ─▶ redis-server, heatsink, nutcracker
 *                          ├─▶ LoadGenerator ─▶ redis-benchmark
 *                          └─▶ Sample ─▶ Table
 * </pre>
 */
@NullMarked
package io.heatsink.benchmarks.load;

import org.jspecify.annotations.NullMarked;
