/** The commands that ask a running Heatsink, by its admin port. */
@NullMarked
package io.heatsink.terminal;

import org.jspecify.annotations.NullMarked;
