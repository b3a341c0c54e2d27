/** Counters: concurrent increments combined into one, and counters split over shard keys. */
@NullMarked
package io.heatsink.counter;

import org.jspecify.annotations.NullMarked;
