package io.heatsink.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a GET of a hot 1 KB value costs inside the process, from the bytes that come in to the bytes
 * that go out: session, parser, detector, router, near cache, reply queue.
 *
 * <p>The embedded channel stands for the socket; what it costs by itself is {@code channelAlone}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx256m")
public class HitPathBenchmark {

  private static final int PIPELINE = 16;

  private final HotLane lane = new HotLane();
  private final ByteBuf one = HotLane.direct(HotLane.GET);
  private final ByteBuf many = HotLane.direct(HotLane.repeat(HotLane.GET, PIPELINE));
  private final EmbeddedChannel client = new EmbeddedChannel();
  private final EmbeddedChannel echo = new EmbeddedChannel(new EchoHandler());

  /** Connects, and sees that what comes out is what the cache holds. */
  @Setup
  public void connect() {
    client.pipeline().addLast(lane.newSession(client.eventLoop()));
    if (pass(client, many) != PIPELINE * HotLane.REPLY.length) {
      throw new IllegalStateException("the replies are not those of the cache");
    }
  }

  /** Fails the run if any read was not a hit. */
  @TearDown(Level.Iteration)
  public void check() {
    if (lane.misses() > 0) {
      throw new IllegalStateException(lane.misses() + " reads were no hits");
    }
  }

  /** One GET. */
  @Benchmark
  public int pipeline1() {
    return pass(client, one);
  }

  /** One of sixteen GETs that arrive together. */
  @Benchmark
  @OperationsPerInvocation(PIPELINE)
  public int pipeline16() {
    return pass(client, many);
  }

  /** One message through a channel that gives back the bytes it gets. */
  @Benchmark
  public int channelAlone() {
    return pass(echo, one);
  }

  private static int pass(EmbeddedChannel channel, ByteBuf request) {
    channel.pipeline().fireChannelRead(request.readerIndex(0).retain());
    channel.pipeline().fireChannelReadComplete();
    channel.runPendingTasks();
    ByteBuf replies = channel.readOutbound();
    int bytes = replies.readableBytes();
    replies.release();
    return bytes;
  }
}
