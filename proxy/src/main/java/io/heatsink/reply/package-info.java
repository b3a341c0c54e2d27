/**
 * The way back to the client: each request has a {@link ClientPlace} in its client's {@link
 * ReplyQueue}, and replies leave in the order of the places, in one write an iteration of the event
 * loop.
 */
@NullMarked
package io.heatsink.reply;

import org.jspecify.annotations.NullMarked;
