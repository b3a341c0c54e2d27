/** What a command means: its name, its keys, whether it reads or writes, and how it must travel. */
@NullMarked
package io.heatsink.command;

import org.jspecify.annotations.NullMarked;
