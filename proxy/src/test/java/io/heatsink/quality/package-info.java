/** What holds for the whole project: its rules of style and structure, and no leaked buffer. */
@NullMarked
package io.heatsink.quality;

import org.jspecify.annotations.NullMarked;
