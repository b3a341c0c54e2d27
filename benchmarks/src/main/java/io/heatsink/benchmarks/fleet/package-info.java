/**
 * What a fleet of sidecars does to a cluster of Redis under a celebrity key: closed forms, and
 * seeded simulations that hold them against random placement and random arrival. Nothing here
 * touches a network; every figure follows from the seed.
 */
@NullMarked
package io.heatsink.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
