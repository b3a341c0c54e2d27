/**
 * Heatsink before a real Redis, judged from outside: by the bytes that clients get, and by what
 * Redis itself says it was asked.
 */
@NullMarked
package io.heatsink.it;

import org.jspecify.annotations.NullMarked;
