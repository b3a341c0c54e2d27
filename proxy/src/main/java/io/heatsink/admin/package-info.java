/**
 * The operator's door: metrics, hot keys, health and readiness over HTTP, on an event loop of its
 * own. Knows no other room; what it shows is handed to it as {@link io.heatsink.admin.AdminPages}.
 */
@NullMarked
package io.heatsink.admin;

import org.jspecify.annotations.NullMarked;
