/** TLS of both sides: what certificates, keys and authorities in files make. */
@NullMarked
package io.heatsink.tls;

import org.jspecify.annotations.NullMarked;
