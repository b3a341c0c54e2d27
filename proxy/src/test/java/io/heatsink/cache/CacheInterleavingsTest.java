package io.heatsink.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.heatsink.command.LaneClock;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.command.Writes;
import io.heatsink.detect.DetectorSettings;
import io.heatsink.detect.HotKeys;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.Latin;
import io.heatsink.flight.Capture;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.LanePolicies;
import io.heatsink.policy.Policies;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Lanes that read and write one hot key at once, in every order of their steps (Lincheck's model
 * checking): together with Redis, cache, write guard and fills are one linearizable register. Run
 * with {@code -Dheatsink.interleavings=…} for more scenarios than a build has time for.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
public class CacheInterleavingsTest {

  private static final int SCENARIOS = Integer.getInteger("heatsink.interleavings", 4);
  private static final int LANES = 2;
  private static final long HASH = KeyHash.of(Latin.bytes("k"));
  private static final Request GET = Latin.request("GET", "k");
  private static final CachePolicy POLICY =
      new CachePolicy(1 << 20, 1_000, Long.MAX_VALUE / 4, 0, 0, 10);

  /** Never asked: what it remembers is not shared, and so has no part in this. */
  private static final CacheReader READER =
      new NearCache(POLICY, new WriteGuard())
          .newReader(new HotKeys(new DetectorSettings(1e6, 0.5, 1, 1, Duration.ofSeconds(1))));

  private static final ByteBuf NO_EXPIRY = Unpooled.wrappedBuffer(Latin.bytes(":-1\r\n"));
  private static final List<ByteBuf> DIGITS =
      IntStream.range(0, 10)
          .mapToObj(digit -> Unpooled.wrappedBuffer(Latin.bytes("$1\r\n" + digit + "\r\n")))
          .toList();

  /** What a register says that does one thing at a time. */
  public static class Register {
    private int value;

    public int read(int lane) {
      return value;
    }

    public void write(int next) {
      value = next;
    }

    public void writeAnyKey(int next) {
      value = next;
    }

    public void foreignWrite(int next) {
      value = next;
    }

    public void untoldWrite(int next) {
      value = next;
    }
  }

  /** Redis' value of the key, and lanes before it that share a cache. */
  public static class Lanes {
    final AtomicInteger redis = new AtomicInteger();
    final WriteGuard guard = new WriteGuard();
    final NearCache cache = new NearCache(POLICY, guard);
    private volatile Tracking promise = new Tracking(Runnable::run);

    /** One each, and one each for what is done before and after. */
    private final Lane[] lanes = new Lane[LANES + 2];

    public Lanes() {
      for (int i = 0; i < lanes.length; i++) {
        lanes[i] = new Lane();
      }
    }

    /** One lane: what it remembers, and the pipe on which its fills ask for the time to live. */
    final class Lane implements Upstream {
      final LaneClock clock = new LaneClock();
      final Filler filler =
          new Filler(cache, guard, READER, new LanePolicies(Policies.NONE), clock, new LaneStats());
      final FakeClient client = new FakeClient(this);
      @Nullable Entry remembered;
      @Nullable ReplySlot timeToLive;

      @Override
      public int number() {
        return 1;
      }

      @Override
      public @Nullable Tracking tracking() {
        Tracking current = promise;
        return current.isLost() ? null : current;
      }

      @Override
      public void send(Request request, ReplySlot slot) {
        timeToLive = slot;
      }

      @Override
      public void send(byte[] encoded, int length, ReplySlot slot) {
        timeToLive = slot;
      }

      @Override
      public boolean isDown() {
        return false;
      }

      @Override
      public boolean isFull() {
        return false;
      }

      @Override
      public void whenRoom(Runnable resume) {
        resume.run();
      }
    }

    @Operation
    public int read(@Param(gen = ThreadIdGen.class) int lane) {
      Lane own = lanes[lane];
      long era = cache.era();
      Entry entry = own.remembered;
      if (entry == null || !entry.isLive(own.clock.nowNanos(), era)) {
        entry = cache.find(HASH);
        own.remembered = entry;
      }
      boolean isHit = entry != null && entry.isLive(own.clock.nowNanos(), era);
      return isHit ? number(Objects.requireNonNull(entry)) : fetch(own);
    }

    /** The number in a reply of one digit. */
    private static int number(Entry entry) {
      ByteBuf out = Unpooled.buffer(16);
      entry.writeTo(out, false);
      return out.getByte(4) - '0';
    }

    int fetch(Lane lane) {
      Capture fill = Objects.requireNonNull(lane.filler.of(lane.client, GET, HASH));
      boolean isKept = fill.begin();
      int value = redis.get();
      if (isKept) {
        keep(lane, fill, value);
      }
      return value;
    }

    static void keep(Lane lane, Capture fill, int value) {
      Objects.requireNonNull(lane.timeToLive).part(NO_EXPIRY, 0, NO_EXPIRY.readableBytes(), true);
      ByteBuf reply = DIGITS.get(value);
      fill.part(reply, 0, reply.readableBytes(), true);
    }

    @Operation
    public void write(@Param(gen = IntGen.class, conf = "1:9") int next) {
      guard.begin(HASH, Writes.UNORDERED);
      redis.set(next);
      guard.end(HASH);
    }

    @Operation
    public void writeAnyKey(@Param(gen = IntGen.class, conf = "1:9") int next) {
      guard.beginEverything(Writes.UNORDERED);
      redis.set(next);
      guard.endEverything();
    }

    /** A write that bypasses the lanes, until they have been told of it. */
    @Operation(nonParallelGroup = "strangers")
    public void foreignWrite(@Param(gen = IntGen.class, conf = "1:9") int next) {
      redis.set(next);
      tell();
    }

    void tell() {
      guard.changed(HASH);
    }

    /** The same while the connection that they would be told on is lost. */
    @Operation(nonParallelGroup = "strangers")
    public void untoldWrite(@Param(gen = IntGen.class, conf = "1:9") int next) {
      promise.lose();
      redis.set(next);
      promise = new Tracking(Runnable::run);
    }
  }

  /** Lanes in which a change that they are told of leaves the fills alone that are under way. */
  public static class HalfDeaf extends Lanes {
    @Override
    void tell() {
      Entry entry = cache.find(HASH);
      if (entry != null) {
        entry.drop();
      }
    }
  }

  /** Lanes whose fills note their epoch only when Redis has answered. */
  public static class LateEpochs extends Lanes {
    @Override
    int fetch(Lane lane) {
      int value = redis.get();
      Capture fill = Objects.requireNonNull(lane.filler.of(lane.client, GET, HASH));
      if (fill.begin()) {
        keep(lane, fill, value);
      }
      return value;
    }
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .threads(LANES)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1)
        .iterations(SCENARIOS)
        .invocationsPerIteration(500)
        .sequentialSpecification(Register.class)
        .addGuarantee(
            forClasses(name -> name.startsWith("com.github.benmanes.") || isOfNoConcern(name))
                .allMethods()
                .treatAsAtomic());
  }

  private static boolean isOfNoConcern(String className) {
    return className.startsWith("io.netty.") || className.startsWith("io.heatsink.fake.");
  }

  @Test
  void readsAndWritesAreLinearizable() {
    options().check(Lanes.class);
  }

  @ParameterizedTest
  @ValueSource(classes = {LateEpochs.class, HalfDeaf.class})
  void aFaultIsFound(Class<?> lanes) {
    assertThatThrownBy(() -> options().iterations(20).minimizeFailedScenario(false).check(lanes))
        .hasMessageContaining("Invalid execution results")
        .satisfies(found -> assertThat(found.getMessage()).doesNotContain("Exception"));
  }
}
