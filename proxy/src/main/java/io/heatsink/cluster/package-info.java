/**
 * Commands over several nodes: which of them has what is known of each slot, and what becomes of a
 * command whose slot has moved or whose node is gone.
 */
@NullMarked
package io.heatsink.cluster;

import org.jspecify.annotations.NullMarked;
