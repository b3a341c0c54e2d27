/**
 * What is measured: Heatsink, the server without a backend, other proxies; each a process of its
 * own.
 */
@NullMarked
package io.heatsink.benchmarks.load.subject;

import org.jspecify.annotations.NullMarked;
