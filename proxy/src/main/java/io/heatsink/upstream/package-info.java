/** The backend's side: pipes that carry bytes, the pool of pinned ones, and the control plane. */
@NullMarked
package io.heatsink.upstream;

import org.jspecify.annotations.NullMarked;
