/** Settings: one YAML file, environment variables and options become one tree of records. */
@NullMarked
package io.heatsink.config;

import org.jspecify.annotations.NullMarked;
