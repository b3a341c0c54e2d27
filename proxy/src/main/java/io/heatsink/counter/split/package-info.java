/**
 * How a counter is spread over shards and put together again, whoever dies in between: the steps,
 * each one script on one slot. Why they add up is told in {@code
 * docs/decisions/0008-split-counters.md}.
 */
@NullMarked
package io.heatsink.counter.split;

import org.jspecify.annotations.NullMarked;
