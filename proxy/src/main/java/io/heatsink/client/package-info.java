/** What is known of Heatsink's clients as a whole: what CLIENT lists, filters and pauses. */
@NullMarked
package io.heatsink.client;

import org.jspecify.annotations.NullMarked;
