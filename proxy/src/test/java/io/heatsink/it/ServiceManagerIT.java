package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.testkit.RedisServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What systemd hears of a process that it has started with Type=notify. */
class ServiceManagerIT {

  @TempDir private Path folder = Path.of("");

  private final List<String> heard = new CopyOnWriteArrayList<>();

  private Channel listen(EventLoopGroup loop, String path) {
    return new Bootstrap()
        .group(loop)
        .channel(EpollDomainDatagramChannel.class)
        .handler(
            new SimpleChannelInboundHandler<DomainDatagramPacket>() {
              @Override
              protected void channelRead0(
                  ChannelHandlerContext context, DomainDatagramPacket said) {
                heard.add(said.content().toString(StandardCharsets.UTF_8));
              }
            })
        .bind(new DomainSocketAddress(path))
        .syncUninterruptibly()
        .channel();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itHearsOfStartReloadLifeAndStop(boolean isAbstract) throws Exception {
    assumeTrue(Epoll.isAvailable());
    String path = folder.resolve("notify").toString();
    String named = isAbstract ? "@" + path : path;
    EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    Channel manager = listen(loop, isAbstract ? '\0' + path : path);
    try (RedisServer redis = RedisServer.start();
        ServedProcess served =
            new ServedProcess(
                Map.of("NOTIFY_SOCKET", named, "WATCHDOG_USEC", "200000"),
                "--listen",
                "127.0.0.1:0",
                "--backend",
                "redis://127.0.0.1:" + redis.port())) {
      await().until(() -> heard.contains("READY=1\nSTATUS=serving"));
      await().until(() -> heard.stream().filter("WATCHDOG=1"::equals).count() > 3);
      served.signal("HUP");
      await().until(() -> heard.stream().anyMatch(said -> said.startsWith("RELOADING=1\n")));
      served.signal("TERM");
      assertThat(served.awaitEnd()).isZero();
      await().until(() -> heard.stream().anyMatch(said -> said.startsWith("STOPPING=1\n")));
    } finally {
      manager.close().syncUninterruptibly();
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
  }

  @Test
  void theUnitIsWellFormed() throws Exception {
    String analyze = Programs.required("systemd-analyze");
    Programs.Outcome outcome =
        Programs.run(
            Duration.ofSeconds(30),
            null,
            "",
            List.of(analyze, "verify", Path.of("..", "config", "heatsink.service").toString()));
    assertThat(outcome.output()).doesNotContain("Unknown", "Invalid", "Failed to parse");
  }
}
