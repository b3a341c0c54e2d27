/**
 * Histories of registers: what concurrent clients wrote and read of one key, and whether some order
 * of the writes explains all that they saw.
 */
@NullMarked
package io.heatsink.history;

import org.jspecify.annotations.NullMarked;
