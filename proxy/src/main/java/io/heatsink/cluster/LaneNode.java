package io.heatsink.cluster;

import io.heatsink.topology.Node;
import io.heatsink.upstream.Pipes;

/**
 * One server and a lane's connections to it. Confined to its event loop.
 *
 * @param index where links keep their pipe to it; no two servers in use have the same
 */
record LaneNode(Node node, Pipes pipes, int index) {}
