/** The detector against exact counts, seeded and on a clock of its own. */
@NullMarked
package io.heatsink.detect;

import org.jspecify.annotations.NullMarked;
