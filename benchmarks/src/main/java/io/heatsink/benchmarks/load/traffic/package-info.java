/**
 * What clients send: loads by name, the keys they touch, how often each, and the bytes of every
 * command.
 *
 * <pre>
 *   Load (zipf-0.99-p16) ─▶ Workloads ─▶ Workload ─▶ request bytes
 *          └─▶ Popularity ─▶ Knowledge: what knowing the hot keys exactly would absorb
 * </pre>
 */
@NullMarked
package io.heatsink.benchmarks.load.traffic;

import org.jspecify.annotations.NullMarked;
