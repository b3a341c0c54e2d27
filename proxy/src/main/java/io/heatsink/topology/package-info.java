/** Where the data is: nodes, shards and slots, as an immutable picture that is replaced whole. */
@NullMarked
package io.heatsink.topology;

import org.jspecify.annotations.NullMarked;
