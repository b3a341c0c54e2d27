/** What the keys beside a split counter are called, and in which slots they lie. */
@NullMarked
package io.heatsink.counter.shard;

import org.jspecify.annotations.NullMarked;
