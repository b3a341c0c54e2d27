/**
 * A training run: a stand-in of Redis and a client that between them make the JVM load and use what
 * serving needs, so that an archive of it makes later starts short. Blocking; never beside clients.
 */
@NullMarked
package io.heatsink.train;

import org.jspecify.annotations.NullMarked;
