/**
 * The wire format of Redis (RESP2 and RESP3): finding requests and replies in bytes, and writing
 * them.
 */
@NullMarked
package io.heatsink.resp;

import org.jspecify.annotations.NullMarked;
