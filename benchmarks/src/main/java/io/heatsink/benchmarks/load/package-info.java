/**
 * The end-to-end measurement: Heatsink and others before one Redis, loads in turn, and what each
 * cost.
 *
 * <pre>
 *   BenchCommand ─▶ Bench ─┬─▶ Dataset ─▶ keys in the backend
 *                          ├─▶ subject: redis-server, null, heatsink, nutcracker, others
 *                          ├─▶ Run ─▶ generator, with a load of traffic; Usage, Backend
 *                          └─▶ Footprint                 └─▶ report: Samples ─▶ Table, Plots
 * </pre>
 */
@NullMarked
package io.heatsink.benchmarks.load;

import org.jspecify.annotations.NullMarked;
