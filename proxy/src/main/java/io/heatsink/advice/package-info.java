/** What is seen while Heatsink only observes, and the settings that it suggests. */
@NullMarked
package io.heatsink.advice;

import org.jspecify.annotations.NullMarked;
