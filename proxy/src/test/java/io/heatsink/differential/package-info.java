/**
 * Random conversations, the same with a Redis and with a Heatsink before a twin Redis.
 *
 * <p>{@code Catalog} takes the command table and the shape of every command from the Redis under
 * test, {@code Sentences} makes up commands of these shapes with the words of {@code Vocabulary},
 * {@code Script} strings them into a conversation of several clients, {@code Performance} holds it
 * with both and compares, {@code Rules} says what cannot be compared byte for byte and why, and
 * {@code Shrinker} makes a conversation that failed as short as it can.
 */
@NullMarked
package io.heatsink.differential;

import org.jspecify.annotations.NullMarked;
