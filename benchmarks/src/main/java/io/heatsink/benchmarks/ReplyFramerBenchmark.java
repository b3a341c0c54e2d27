package io.heatsink.benchmarks;

import io.heatsink.resp.Replies;
import io.heatsink.resp.ReplyFramer;
import io.netty.buffer.ByteBuf;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to find where the backend's replies end; each is one of sixteen in a row. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx256m")
public class ReplyFramerBenchmark {

  private static final int REPLIES = 16;

  private final ReplyFramer framer = new ReplyFramer();
  private final ByteBuf bulks = replies(Replies.bulk(new byte[100]));
  private final ByteBuf integers = replies(Replies.integer(1_234_567));
  private final ByteBuf arrays =
      replies(Replies.request(new byte[20], new byte[20], new byte[20], new byte[20]));

  /** A value of 100 bytes. */
  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public int bulk() {
    return frameAll(bulks);
  }

  /** An integer. */
  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public int integer() {
    return frameAll(integers);
  }

  /** An array of four values. */
  @Benchmark
  @OperationsPerInvocation(REPLIES)
  public int array() {
    return frameAll(arrays);
  }

  private int frameAll(ByteBuf in) {
    int frames = 0;
    for (int at = 0; at < in.writerIndex(); frames++) {
      at = framer.end(in, at, in.writerIndex());
    }
    return frames;
  }

  private static ByteBuf replies(byte[] reply) {
    return HotLane.direct(HotLane.repeat(reply, REPLIES));
  }
}
