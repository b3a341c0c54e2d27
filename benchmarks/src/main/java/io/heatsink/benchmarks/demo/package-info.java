/**
 * The demonstration: a flash crowd on a real Redis behind Heatsink, through a real client library.
 *
 * <pre>
 * DemoCommand ─▶ FlashCrowd (what is asked when) ─▶ Clients (Lettuce) ─▶ Heatsink ─▶ Redis
 *      └──────▶ Observation (INFO commandstats, /hotkeys, latencies) ─▶ Screen, Summary
 * </pre>
 */
@NullMarked
package io.heatsink.benchmarks.demo;

import org.jspecify.annotations.NullMarked;
