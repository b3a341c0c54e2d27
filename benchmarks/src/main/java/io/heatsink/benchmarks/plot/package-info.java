/** Drawings, for the plots of all that is measured or simulated. */
@NullMarked
package io.heatsink.benchmarks.plot;

import org.jspecify.annotations.NullMarked;
