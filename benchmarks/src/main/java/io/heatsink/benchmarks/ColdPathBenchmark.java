package io.heatsink.benchmarks;

import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a command that the backend has to answer costs inside the process, from the client's bytes
 * to the backend and from the backend's to the client: session, parser, detector, router, its room,
 * pipe, reply framer, reply queue. Two embedded channels stand for the sockets.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 10, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx256m")
public class ColdPathBenchmark {

  /** What sixteen commands that arrive together ask for. */
  public enum Load {
    /** A read of a key that is not hot: router, coalescer, pipe. */
    COLD_GET,
    /** A write: router, write guard, pipe. */
    SET,
    /** A command that nothing is known to do for: router, pipe. */
    ECHO,
    /** A cold read and fifteen hits that have to wait for it: the order of the reply queue. */
    GET_BEFORE_HITS,
    /** A hot counter: the combiner sends one INCR and one INCRBY. */
    HOT_INCR
  }

  private static final int PIPELINE = 16;

  /** So many that none of them is asked for often enough to be found hot. */
  private static final int BATCHES = 16_384;

  private static final byte[] VALUE = Replies.bulk(new byte[100]);
  private static final byte[] COUNT = Replies.integer(1_000_000);

  @Param private Load load = Load.COLD_GET;

  private final EmbeddedChannel client = new EmbeddedChannel();
  private final EchoBackend backend = new EchoBackend(client);
  private final HotLane lane = new HotLane().withHotCounter();
  private final ByteBuf[] one = new ByteBuf[BATCHES];
  private final ByteBuf[] many = new ByteBuf[BATCHES];
  private int next;
  private long expected;

  /** Connects, and makes the requests. */
  @Setup
  public void connect() {
    client.pipeline().addLast(lane.newSession(client.eventLoop(), backend.bootstrap()));
    backend.pass(HotLane.direct(Replies.request("SET", "first", "command")));
    backend.reply(load == Load.HOT_INCR ? COUNT : VALUE);
    for (int batch = 0; batch < BATCHES; batch++) {
      one[batch] = HotLane.direct(command(batch, 0));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      for (int i = 0; i < PIPELINE; i++) {
        all.writeBytes(command(batch, i));
      }
      many[batch] = HotLane.direct(all.toByteArray());
    }
    expected = backend.commands();
  }

  /** Fails the run if the backend did not get what it should: another path was measured then. */
  @TearDown(Level.Iteration)
  public void check() {
    if (backend.commands() != expected) {
      String sent = backend.commands() + " commands at the backend, not " + expected;
      throw new IllegalStateException(load + ": " + sent);
    }
  }

  private byte[] command(int batch, int i) {
    String key = "cold:" + batch + ":" + i;
    return switch (load) {
      case COLD_GET -> Replies.request("GET", key);
      case SET -> Replies.request("SET", key, "x".repeat(100));
      case ECHO -> Replies.request("ECHO", "x".repeat(100));
      case GET_BEFORE_HITS -> i == 0 ? Replies.request("GET", key) : HotLane.GET;
      case HOT_INCR -> HotLane.INCR;
    };
  }

  /** One command. */
  @Benchmark
  public int pipeline1() {
    next = (next + 1) % BATCHES;
    expected++;
    return backend.pass(one[next]);
  }

  /** One of sixteen commands that arrive together. */
  @Benchmark
  @OperationsPerInvocation(PIPELINE)
  public int pipeline16() {
    next = (next + 1) % BATCHES;
    expected +=
        switch (load) {
          case COLD_GET, SET, ECHO -> PIPELINE;
          case GET_BEFORE_HITS -> 1;
          case HOT_INCR -> 2;
        };
    return backend.pass(many[next]);
  }
}
