/** What stands in for clients and for Redis in tests of single rooms. */
@NullMarked
package io.heatsink.fake;

import org.jspecify.annotations.NullMarked;
