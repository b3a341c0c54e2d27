/**
 * How long Heatsink takes from the start of its process to its first reply, with and without an
 * archive of its classes, on one or more versions of Java.
 */
@NullMarked
package io.heatsink.benchmarks.startup;

import org.jspecify.annotations.NullMarked;
