package io.heatsink.benchmarks;

import io.heatsink.resp.RequestParser;
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

/** What it costs to find requests in the bytes that a client sent. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx256m")
public class RequestParserBenchmark {

  private static final int PIPELINE = 16;

  private final RequestParser parser = HotLane.newParser();
  private final ByteBuf one = HotLane.direct(HotLane.GET);
  private final ByteBuf many = HotLane.direct(HotLane.repeat(HotLane.GET, PIPELINE));

  /** One GET. */
  @Benchmark
  public int get() {
    one.readerIndex(0);
    return parseAll(one);
  }

  /** One of sixteen GETs that arrived together. */
  @Benchmark
  @OperationsPerInvocation(PIPELINE)
  public int pipelined() {
    many.readerIndex(0);
    return parseAll(many);
  }

  private int parseAll(ByteBuf in) {
    int words = 0;
    while (parser.parse(in) == RequestParser.REQUEST) {
      words += parser.request().argc();
      in.readerIndex(parser.end());
    }
    return words;
  }
}
