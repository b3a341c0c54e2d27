/**
 * Hot reads that a replica answers in its primary's place: which one, when it may, and what happens
 * if it does not.
 *
 * <pre>
 *   ClusterLink ──▶ ReplicaLink ──▶ LaneReplicas ── how far is each? ──▶ topology.Replication
 *        ▲              │ ReplicaRead
 *        └── fallback ──┘
 * </pre>
 */
@NullMarked
package io.heatsink.replica;

import org.jspecify.annotations.NullMarked;
