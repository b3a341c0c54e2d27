/** Which keys are hot: bounded, sampled counts of each lane, merged into one immutable hot set. */
@NullMarked
package io.heatsink.detect;

import org.jspecify.annotations.NullMarked;
