/** What was measured: samples, their file, the tables and the plots made of them. */
@NullMarked
package io.heatsink.benchmarks.load.report;

import org.jspecify.annotations.NullMarked;
