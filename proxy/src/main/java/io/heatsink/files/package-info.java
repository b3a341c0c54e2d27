/** Files that others may change while Heatsink runs: certificates, users, passwords. */
@NullMarked
package io.heatsink.files;

import org.jspecify.annotations.NullMarked;
