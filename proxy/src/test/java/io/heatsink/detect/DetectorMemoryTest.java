package io.heatsink.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A lane is bounded, and a count of a known key leaves no garbage. */
class DetectorMemoryTest {

  private static final long SEED = 20261122;
  private static final int MAX_LANE_BYTES = 512 * 1024;

  /** Every key is worth a name, and as long as a name may be: the worst case. */
  @Test
  void aLaneIsBoundedWhateverTheKeys() throws ReflectiveOperationException {
    DetectorSettings low = new DetectorSettings(8, 1, 8, 1, Duration.ofSeconds(1), 1);
    Feed feed = new Feed(new HotKeys(low, SEED));
    assertThat(footprintBytes(feed.lane)).isLessThanOrEqualTo(MAX_LANE_BYTES);
    for (int length : new int[] {0, 4, 200, 1 << 20}) {
      ByteBuf key = Unpooled.wrappedBuffer(new byte[length]);
      for (int i = 0; i < 100_000; i++) {
        feed.lane.sample();
        feed.lane.count(Feed.hash(i % 3_000), 0, key, 0, length, false, i * 20_000L);
        feed.lane.weigh(Feed.hash(i % 3_000), 0, key, 0, length, 1 << 20, i * 20_000L);
      }
      long bytes = footprintBytes(feed.lane);
      System.out.printf("a lane with keys of %d bytes: %d bytes%n", length, bytes);
      assertThat(bytes).as("keys of %d bytes", length).isLessThanOrEqualTo(MAX_LANE_BYTES);
    }
  }

  @Test
  void millionsOfKeysTakeNoMoreThanAFew() throws ReflectiveOperationException {
    Feed feed = new Feed(new HotKeys(settings(), SEED));
    for (int i = 0; i < 3_000_000; i++) {
      feed.read(i, i * 10_000L);
    }
    assertThat(footprintBytes(feed.lane)).isLessThanOrEqualTo(MAX_LANE_BYTES);
    assertThat(feed.hotKeys.current().isEmpty()).isTrue();
  }

  @Test
  void aCountOfAKnownKeyAllocatesNothing() {
    Feed feed = new Feed(new HotKeys(settings(), SEED));
    for (int i = 0; i < 200_000; i++) {
      feed.read(i % 100, i * 10_000L);
    }
    long now = 200_000 * 10_000L;
    feed.read(0, now);
    assertThat(feed.hotKeys.current().isReadHot(Feed.hash(0))).isTrue();
    assertThat(allocatedBytes(() -> readAll(feed, 100, now))).isZero();
  }

  @Test
  void aFloodOfRareKeysAllocatesNothing() {
    Feed feed = new Feed(new HotKeys(settings(), SEED));
    for (int i = 0; i < 500_000; i++) {
      feed.read(i, i * 10_000L);
    }
    long now = 500_000 * 10_000L;
    assertThat(allocatedBytes(() -> readAll(feed, 1 << 30, now))).isZero();
  }

  private static void readAll(Feed feed, int keys, long now) {
    for (int i = 0; i < 5_000; i++) {
      if (feed.lane.sample()) {
        feed.count(i * 7919 % keys, now);
      }
    }
  }

  /**
   * What the calling thread allocates, at the least of some runs: the JIT may add to any of them.
   */
  private static long allocatedBytes(Runnable run) {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    assumeTrue(threads.isThreadAllocatedMemorySupported());
    long id = Thread.currentThread().getId();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      long before = threads.getThreadAllocatedBytes(id);
      run.run();
      least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
    }
    return least;
  }

  private static DetectorSettings settings() {
    return new DetectorSettings(1_000, 0.01, 100, 1, Duration.ofSeconds(10));
  }

  /** All that is reached from a lane and is not shared with others; 4 bytes a reference. */
  private static long footprintBytes(LaneDetector lane) throws ReflectiveOperationException {
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>();
    open.add(lane);
    long bytes = 0;
    while (!open.isEmpty()) {
      Object object = open.remove();
      if (object instanceof HotKeys || object instanceof DetectorSettings || !seen.add(object)) {
        continue;
      }
      Class<?> type = object.getClass();
      if (type.isArray()) {
        bytes += aligned(16 + (long) Array.getLength(object) * size(type.getComponentType()));
        for (int i = 0; object instanceof Object[] && i < Array.getLength(object); i++) {
          addIfPresent(open, Array.get(object, i));
        }
      } else if (type == SplittableRandom.class) {
        bytes += 32;
      } else {
        bytes += fields(type, object, open);
      }
    }
    return bytes;
  }

  private static long fields(Class<?> type, Object object, Deque<Object> open)
      throws ReflectiveOperationException {
    long bytes = 12;
    for (Field field : type.getDeclaredFields()) {
      if (Modifier.isStatic(field.getModifiers())) {
        continue;
      }
      bytes += size(field.getType());
      if (!field.getType().isPrimitive()) {
        field.setAccessible(true);
        addIfPresent(open, field.get(object));
      }
    }
    return aligned(bytes);
  }

  private static void addIfPresent(Deque<Object> open, Object object) {
    if (object != null) {
      open.add(object);
    }
  }

  private static int size(Class<?> type) {
    if (type == long.class || type == double.class) {
      return 8;
    }
    if (type == char.class || type == short.class) {
      return 2;
    }
    return type == byte.class || type == boolean.class ? 1 : 4;
  }

  private static long aligned(long bytes) {
    return (bytes + 7) / 8 * 8;
  }
}
