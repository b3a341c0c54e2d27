/** How log lines look and where they go; Logback finds it as a service. */
@NullMarked
package io.heatsink.log;

import org.jspecify.annotations.NullMarked;
