/**
 * The matrix of clients: what applications do with each of them, through a Heatsink to which every
 * key is hot. {@code docs/clients.md} shows it.
 */
@NullMarked
package io.heatsink.clients;

import org.jspecify.annotations.NullMarked;
