/** The page in a real browser. */
@NullMarked
package io.heatsink.browser;

import org.jspecify.annotations.NullMarked;
