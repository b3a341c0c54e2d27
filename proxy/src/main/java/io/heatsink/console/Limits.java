package io.heatsink.console;

import io.heatsink.counter.SplitPolicy;
import java.util.List;

/**
 * What the settings allow, as far as it is shown. Immutable.
 *
 * @param caches whether answers are kept
 * @param coalesces whether concurrent reads share
 * @param combines whether concurrent increments share
 * @param pinned connections that clients may have to themselves, all lanes together
 * @param pending commands of one shared connection
 * @param slowNanos from where on a request is slow; 0 for none
 */
public record Limits(
    int lanes,
    boolean caches,
    boolean coalesces,
    boolean combines,
    long clients,
    long pinned,
    long pending,
    long cacheBytes,
    long slowNanos,
    List<SplitPolicy> splits) {}
