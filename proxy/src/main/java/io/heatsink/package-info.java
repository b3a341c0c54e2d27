/**
 * The composition root: {@code Main} reads the command line, {@code Heatsink} wires the rooms.
 *
 * <p>Every other package is one room of the walk that {@code ARCHITECTURE.md} draws, and knows only
 * the rooms that {@code ArchitectureTest} allows it.
 */
@NullMarked
package io.heatsink;

import org.jspecify.annotations.NullMarked;
