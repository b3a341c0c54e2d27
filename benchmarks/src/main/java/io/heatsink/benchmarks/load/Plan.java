package io.heatsink.benchmarks.load;

import io.heatsink.benchmarks.load.traffic.Trace;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How much is measured. Immutable.
 *
 * @param rounds runs of each load on each subject, in each loop
 * @param seconds of each run
 * @param warmUpSeconds before each run
 * @param keys wanted in a key space
 * @param perSecond commands a second of an open loop; 0 for half of what the slowest subject did
 * @param traceFile the trace; null where none is given
 * @param trace what it holds
 */
record Plan(
    int rounds,
    double seconds,
    double warmUpSeconds,
    int keys,
    double perSecond,
    @Nullable Path traceFile,
    @Nullable Trace trace) {}
