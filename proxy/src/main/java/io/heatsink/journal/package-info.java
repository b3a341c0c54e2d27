/** What happened of late and is worth a look: events, and requests that took long. */
@NullMarked
package io.heatsink.journal;

import org.jspecify.annotations.NullMarked;
