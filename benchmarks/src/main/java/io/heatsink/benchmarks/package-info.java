/** JMH benchmarks, the end-to-end load driver and the demo. */
@NullMarked
package io.heatsink.benchmarks;

import org.jspecify.annotations.NullMarked;
