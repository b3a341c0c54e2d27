/** What happened, counted: a lane's own counters and histograms, and their Prometheus names. */
@NullMarked
package io.heatsink.metrics;

import org.jspecify.annotations.NullMarked;
