/**
 * Which keys are hot: bounded, sampled counts of each lane, merged into one immutable hot set.
 *
 * <pre>
 *  a lane's event loop                               a timer
 *  sample ─▶ count ─▶ CounterTable ─▶ LaneSummary ─▶ HotKeys.tick ─▶ HotSet ─▶ read by every lane
 *                │                                       ▲
 *                └── over the limit at once ─────────────┘ promote
 * </pre>
 *
 * <p>May import {@code io.heatsink.resp} and Netty's buffers, nothing else of ours.
 */
@NullMarked
package io.heatsink.detect;

import org.jspecify.annotations.NullMarked;
