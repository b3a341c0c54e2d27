/**
 * The choice: which room answers a command.
 *
 * <pre>
 *   session ─▶ Router ─┬─▶ split counters ─────────────────┐
 *                      ├─▶ near cache ─ hit ─▶ client      │
 *                      │        └ miss ─▶ coalescer ───────┤
 *                      ├─▶ combiner ───────────────────────┼─▶ upstream pipe
 *                      └─▶ as it came ─────────────────────┘
 * </pre>
 */
@NullMarked
package io.heatsink.route;

import org.jspecify.annotations.NullMarked;
