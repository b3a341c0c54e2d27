package io.heatsink.session;

import io.heatsink.client.ClientInfo;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.Handling;
import io.heatsink.command.LaneClock;
import io.heatsink.reply.ClientPlace;
import io.heatsink.resp.Request;
import io.heatsink.upstream.Link;
import io.heatsink.upstream.Pipe;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.unix.UnixChannel;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What CLIENT LIST can tell of a session. Confined to its event loop. */
final class Description {

  private final Session session;
  private final Pin pin;
  private final LaneClock clock;
  private final long bornNanos;
  private long heardNanos;
  private CommandSpec latest = CommandSpec.UNKNOWN;
  private int latestBytes;
  private long written;
  private @Nullable WaitForAll waiting;

  Description(Session session, Pin pin, LaneClock clock) {
    this.session = session;
    this.pin = pin;
    this.clock = clock;
    bornNanos = clock.nowNanos();
    heardNanos = bornNanos;
  }

  /** Bytes have come from the client. */
  void heard() {
    heardNanos = clock.nowNanos();
  }

  /** The client's latest command. */
  void runs(CommandSpec spec, Request request) {
    latest = spec;
    latestBytes = request.length();
    if (spec.isWrite()) {
      written |= session.pipe().parts(request, spec);
    }
  }

  /** The same of one that is not kept whole, so that its keys are not known. */
  void passes(CommandSpec spec, Request head) {
    latest = spec;
    latestBytes = head.length();
    if (spec.isWrite()) {
      written = -1;
    }
  }

  /** Parts of the keys' slots that the client may have written to, see {@link Link#parts}. */
  long written() {
    return written;
  }

  /** The client waits for replicas of several nodes, or no more. */
  void waits(@Nullable WaitForAll by) {
    waiting = by;
  }

  /** What it waits so for, or null. */
  @Nullable WaitForAll waiting() {
    return waiting;
  }

  /** Says of the place of the latest command, which is at hand still, what it is for. */
  ClientPlace named(ClientPlace place, Request request) {
    if (latest != CommandSpec.UNKNOWN) {
      place.names(latest, request);
    }
    return place;
  }

  /**
   * The client at this moment.
   *
   * @param alsoRunning whether the command under way counts as unread, as Redis has it for the one
   *     that asks
   */
  ClientInfo tell(Channel channel, Input input, boolean alsoRunning) {
    int unread = input.unread();
    int running = session.queue().isEmpty() ? 0 : latestBytes;
    ChannelOutboundBuffer pending = channel.unsafe().outboundBuffer();
    long output = pending == null ? 0 : pending.totalPendingWriteBytes();
    byte[] name = session.clients().name();
    String user = pin.user();
    Subscriptions to = pin.subscriptions();
    long now = clock.nowNanos();
    return new ClientInfo(
        session.id(),
        addresses(channel),
        name == null ? "" : new String(name, StandardCharsets.US_ASCII),
        new ClientInfo.Times(seconds(now - bornNanos), seconds(now - heardNanos)),
        flags(isUnix(channel)),
        pin.database() < 0 ? session.database() : pin.database(),
        new ClientInfo.Counts(to.channels(), to.patterns(), to.shards()),
        pin.transaction().queued(),
        new ClientInfo.Memory(
            alsoRunning ? unread + running : unread, input.room(), running, output),
        latest == CommandSpec.UNKNOWN ? "NULL" : latest.name(),
        user == null ? userName() : user,
        pin.tracking().redirect(),
        session.isResp3() ? 3 : 2,
        session.clients().library());
  }

  private String userName() {
    Login login = session.clients().login();
    return login == null ? session.pipe().key().credentials().user() : login.user();
  }

  /** The other end of a Unix socket has no name; Redis shows the same path for both. */
  private static ClientInfo.Addresses addresses(Channel channel) {
    int descriptor = channel instanceof UnixChannel socket ? socket.fd().intValue() : -1;
    String local = text(channel.localAddress());
    String remote = isUnix(channel) ? local : text(channel.remoteAddress());
    return new ClientInfo.Addresses(remote, local, descriptor);
  }

  private static boolean isUnix(Channel channel) {
    return isPath(channel.localAddress());
  }

  private static String text(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return NetUtil.toSocketAddressString(inet);
    }
    return isPath(address) ? address + ":0" : "?:0";
  }

  private static boolean isPath(@Nullable SocketAddress address) {
    return address instanceof DomainSocketAddress || address instanceof UnixDomainSocketAddress;
  }

  private static long seconds(long nanos) {
    return Math.max(0, TimeUnit.NANOSECONDS.toSeconds(nanos));
  }

  private String flags(boolean isUnix) {
    Subscriptions to = pin.subscriptions();
    Pipe own = pin.pipe();
    Handling how = latest.handling();
    boolean blocks = how == Handling.BLOCKING || how == Handling.MAYBE_BLOCKING;
    String flags =
        (to.isMonitoring() ? "O" : "")
            + (own != null && own.isTunnel() ? "S" : "")
            + (to.isSubscribed() ? "P" : "")
            + (pin.transaction().isOpen() ? "x" : "")
            + (waiting != null || (own != null && blocks && !session.queue().isEmpty()) ? "b" : "")
            + pin.tracking().flags()
            + (isUnix ? "U" : "");
    return flags.isEmpty() ? "N" : flags;
  }
}
