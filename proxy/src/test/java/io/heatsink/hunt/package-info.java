/**
 * The hunt for a read that breaks a promise: clients of two Heatsinks and of the one Redis behind
 * both read and write a few hot registers while connections are slow, cut, or Redis stops; what
 * they saw is judged by {@link io.heatsink.history}. Mutants show that the hunt would find one.
 *
 * <pre>
 *   clients ─▶ Heatsink 0 ─▶ slow wire ─┐
 *   clients ─▶ Heatsink 1 ─▶ slow wire ─┼─▶ Redis
 *   clients ────────────────────────────┘
 * </pre>
 */
@NullMarked
package io.heatsink.hunt;

import org.jspecify.annotations.NullMarked;
