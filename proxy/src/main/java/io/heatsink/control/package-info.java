/**
 * What is known of the backend beside the data path, all of it through Lettuce, on threads of its
 * own: where the data is, whether it answers, its commands.
 *
 * <pre>
 *   ControlPlane ── health, command table ──┐
 *   Watcher: ClusterSource, SentinelSource, ├──▶ Links ── Lettuce ──▶ nodes, sentinels
 *            ReplicasSource ── topology ────┘
 * </pre>
 */
@NullMarked
package io.heatsink.control;

import org.jspecify.annotations.NullMarked;
