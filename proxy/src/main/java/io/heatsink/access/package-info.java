/** Who may connect, where Heatsink itself judges that. Knows no other room. */
@NullMarked
package io.heatsink.access;

import org.jspecify.annotations.NullMarked;
