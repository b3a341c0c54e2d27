package io.heatsink.benchmarks;

import io.heatsink.cache.CacheReader;
import io.heatsink.cache.Entry;
import io.heatsink.resp.Request;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What it costs to find a hot key's answer in the near cache. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = "-Xmx256m")
public class NearCacheBenchmark {

  private final HotLane lane = new HotLane();
  private final CacheReader reader = lane.newReader();
  private final Request request = HotLane.request();
  private final long hash = HotLane.hash(request);
  private final int user = lane.user();
  private final long nowNanos = lane.nowNanos();

  /** The key's hash. */
  @Benchmark
  public long hash() {
    return HotLane.hash(request);
  }

  /** The entry, its hash given. */
  @Benchmark
  public @Nullable Entry hit() {
    return reader.find(hash, request, 1, 0, user, nowNanos);
  }

  /** No entry, as the answer is another user's. */
  @Benchmark
  public @Nullable Entry otherUser() {
    return reader.find(hash, request, 1, 0, user + 1, nowNanos);
  }
}
