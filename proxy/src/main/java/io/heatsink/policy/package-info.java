/** What users ask for by key pattern: how fresh the reads of a key have to be. */
@NullMarked
package io.heatsink.policy;

import org.jspecify.annotations.NullMarked;
