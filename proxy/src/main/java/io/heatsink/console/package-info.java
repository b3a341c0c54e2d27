/** What an operator sees and does on the admin port: the page, and the JSON behind it. */
@NullMarked
package io.heatsink.console;

import org.jspecify.annotations.NullMarked;
