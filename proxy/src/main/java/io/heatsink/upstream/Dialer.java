package io.heatsink.upstream;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;

/** Makes connections to one server of the backend. Confined to its event loop. */
@FunctionalInterface
public interface Dialer {
  /** Connects; {@code pipe} gets what comes, and what it writes waits for a TLS handshake. */
  ChannelFuture dial(ChannelHandler pipe);
}
