package io.heatsink.benchmarks;

import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeys;
import io.heatsink.detect.LaneDetector;
import io.heatsink.resp.KeyHash;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the detector costs a command: Zipf 0.99 over a million keys, hashes given, 100,000 commands
 * a second of the lanes' clock.
 *
 * <p>The time of {@code walk} is the benchmark's own, and is in the other figures.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx512m")
public class DetectorBenchmark {

  private static final int KEYS = 1_000_000;
  private static final int STREAM = 1 << 17;
  private static final int BATCH = 1 << 10;
  private static final int KEY_BYTES = 16;
  private static final long COMMAND_NANOS = 10_000;

  /** 1 counts every command, 0 adapts. */
  @Param({"1", "16", "0"})
  public int sampling;

  private final ByteBuf key = Unpooled.directBuffer(KEY_BYTES);
  private final long[] hashes = new long[STREAM];
  private LaneDetector lane = newLane(1);
  private HotKeys hotKeys = newHotKeys(1);
  private int next;
  private long nowNanos;

  /** Draws the stream and lets the counters fill. */
  @Setup
  public void fill() {
    double[] cumulated = new double[KEYS];
    double sum = 0;
    for (int rank = 0; rank < KEYS; rank++) {
      sum += Math.pow(rank + 1, -0.99);
      cumulated[rank] = sum;
    }
    long[] hashOf = new long[KEYS];
    for (int rank = 0; rank < KEYS; rank++) {
      hashOf[rank] = KeyHash.of(("key:" + rank).getBytes(StandardCharsets.US_ASCII));
    }
    SplittableRandom random = new SplittableRandom(42);
    for (int i = 0; i < STREAM; i++) {
      int rank = Arrays.binarySearch(cumulated, random.nextDouble() * sum);
      hashes[i] = hashOf[rank < 0 ? -rank - 1 : rank];
    }
    key.writeZero(KEY_BYTES);
    hotKeys = newHotKeys(sampling);
    lane = hotKeys.newLane();
    for (int i = 0; i < 8 * STREAM / BATCH; i++) {
      count();
    }
    hotKeys.tick(nowNanos);
  }

  /** The stream alone. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long walk() {
    long sum = 0;
    for (int i = 0; i < BATCH; i++) {
      nowNanos += COMMAND_NANOS;
      sum += hashes[next++ & (STREAM - 1)] ^ nowNanos;
    }
    return sum;
  }

  /** The stream, each command noted and, when picked, counted. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public long count() {
    long sum = 0;
    for (int i = 0; i < BATCH; i++) {
      nowNanos += COMMAND_NANOS;
      long hash = hashes[next++ & (STREAM - 1)];
      if (lane.sample()) {
        lane.count(hash, 0, key, 0, KEY_BYTES, false, nowNanos);
      }
      sum += hash;
    }
    return sum;
  }

  private static LaneDetector newLane(int sampling) {
    return newHotKeys(sampling).newLane();
  }

  private static HotKeys newHotKeys(int sampling) {
    return new HotKeys(new DetectorSettings(1_000, 0.01, 50, sampling, Duration.ofSeconds(10)));
  }
}
