/**
 * What tests, benchmarks and the demo stand on: a real Redis, a client that speaks raw bytes, and
 * Heatsink between the two. Nothing here knows a test framework.
 *
 * <pre>
 *   RawClient ──▶ HeatsinkFixture (Heatsink in this JVM) ──▶ RedisServer (a process of its own)
 *       └──────────────── direct(), for comparison ────────────────▲
 * </pre>
 */
@NullMarked
package io.heatsink.testkit;

import org.jspecify.annotations.NullMarked;
