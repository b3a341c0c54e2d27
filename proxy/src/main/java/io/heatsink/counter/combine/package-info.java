/**
 * Concurrent increments of one counter travel as one, with the replies they would have got alone.
 */
@NullMarked
package io.heatsink.counter.combine;

import org.jspecify.annotations.NullMarked;
