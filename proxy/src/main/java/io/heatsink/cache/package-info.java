/**
 * The near cache: hot items only, bounded in bytes, dropped by every write that passes through.
 *
 * <p>Caffeine types appear only here.
 */
@NullMarked
package io.heatsink.cache;

import org.jspecify.annotations.NullMarked;
