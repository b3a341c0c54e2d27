package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The near cache takes the memory that it may take, and no value takes the place of all others. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class CacheMemoryIT {

  private static final long SEED = 20261124;
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final int MAX_ITEM_BYTES = 1024 * 1024;

  /** What a bulk string of about a megabyte has around it. */
  private static final int FRAME_BYTES = "$1234567\r\n\r\n".length();

  /** More reads in a row than most keys need until their answers are kept. */
  private static final int READS = 80;

  /** Reads of an answer that is kept, so many that it takes the place of others. */
  private static final int HITS = 32;

  /** Of what is not hot: fewer than the hot keys', as one in sixteen is all that the cache sees. */
  private static final int FEW_HITS = 8;

  private static final int BATCH = 16;

  /** Part of the bound from which the cache is called full. */
  private static final double FULL = 0.8;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private int keys;

  /** Measured, not reckoned: all that is reachable in the heap, and direct memory. */
  @Test
  void memoryStaysWithinATenthOfTheBound() throws Exception {
    IntSupplier tiny = () -> random.nextInt(10, 100);
    IntSupplier pages = () -> random.nextInt(1_000, 16_000);
    IntSupplier large = () -> random.nextInt(100_000, MAX_ITEM_BYTES - FRAME_BYTES);
    IntSupplier any = () -> (int) Math.pow(10, random.nextDouble(1, Math.log10(MAX_ITEM_BYTES)));
    try (RedisServer redis = RedisServer.start();
        HeatsinkProcess heatsink =
            new HeatsinkProcess(
                redis,
                "--cache-max-bytes=" + MAX_BYTES + "b",
                "--cache-max-item-bytes=" + MAX_ITEM_BYTES + "b");
        RawClient client = heatsink.client()) {
      long base = emptyBytes(heatsink, client);
      for (IntSupplier sizes : List.of(large, tiny, pages, any)) {
        client.call("HEATSINK", "FLUSH");
        fill(heatsink, client, sizes);
        check(heatsink, base);
      }
      fill(heatsink, client, pages);
      check(heatsink, base);
    }
  }

  private static void check(HeatsinkProcess heatsink, long base) throws Exception {
    double taken = heatsink.liveBytes() - base;
    double reckoned = heatsink.metric("heatsink_cache_bytes");
    System.out.printf("near cache: %,.0f bytes taken, %,.0f reckoned%n", taken, reckoned);

    assertThat(reckoned).as("it is full, up to one value").isGreaterThan(FULL * MAX_BYTES);
    assertThat(taken)
        .as("seed %d, %,.0f reckoned, %,.0f direct", SEED, reckoned, heatsink.directBytes())
        .isBetween(reckoned * 0.9, MAX_BYTES * 1.1);
  }

  /** What is taken while nothing is kept, by a Heatsink that has kept something. */
  private long emptyBytes(HeatsinkProcess heatsink, RawClient client) throws Exception {
    for (int size : new int[] {10, 100, 1_000, 4_000, 10_000, 100_000, 1_000_000}) {
      keep(client, Collections.nCopies(BATCH, size), HITS);
    }
    client.call("HEATSINK", "FLUSH");
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> heatsink.metric("heatsink_cache_entries") == 0);
    return heatsink.liveBytes();
  }

  /**
   * The same until it is full: how many are let in is a matter of chance, of the large ones most.
   */
  private void fill(HeatsinkProcess heatsink, RawClient client, IntSupplier sizes)
      throws Exception {
    for (int round = 0; round < 5; round++) {
      churn(client, sizes);
      if (heatsink.metric("heatsink_cache_bytes") > FULL * MAX_BYTES) {
        return;
      }
    }
  }

  /** Keeps answers of such sizes until some have had to go. */
  private void churn(RawClient client, IntSupplier sizes) {
    for (long bytes = 0; bytes < MAX_BYTES * 3L / 2; ) {
      List<Integer> batch = new ArrayList<>();
      for (int i = 0; i < BATCH; i++) {
        batch.add(sizes.getAsInt());
        bytes += batch.get(i) + 300;
      }
      keep(client, batch, HITS);
    }
  }

  /** Has the answers of so many new keys kept; they are read often while there are none yet. */
  private void keep(RawClient client, List<Integer> sizes, int hits) {
    int first = keys;
    List<byte[]> reads = new ArrayList<>();
    for (int i = 0; i < sizes.size(); i++) {
      reads.addAll(Collections.nCopies(READS, RawClient.encode("GET", "key:" + keys++)));
    }
    client.pipeline(reads);
    for (int i = 0; i < sizes.size(); i++) {
      String key = "key:" + (first + i);
      client.call("SET", key, "x".repeat(sizes.get(i)));
      client.sendRaw(RawClient.join(Collections.nCopies(hits, RawClient.encode("GET", key))));
      for (int hit = 0; hit < hits; hit++) {
        client.readReply();
      }
    }
  }

  /** One value of a quarter of the whole cache, in a cache that is full. */
  @ParameterizedTest
  @CsvSource({"0, true", "1, false"})
  void oneGiantHotValueLeavesTheOthers(int surplus, boolean isKept) {
    int hot = 1_000;
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start(), settings -> settings.cacheMaxBytes(4L * MAX_ITEM_BYTES));
        RawClient client = heatsink.client()) {
      keep(client, Collections.nCopies(hot, 100), HITS);
      List<byte[]> reads =
          IntStream.range(0, hot).mapToObj(i -> RawClient.encode("GET", "key:" + i)).toList();
      while (heatsink.metric("heatsink_cache_evictions") == 0) {
        keep(client, Collections.nCopies(BATCH, 8_000), FEW_HITS);
        readAtRandom(client, reads);
      }
      untilAbsorbed(heatsink, client, reads);
      client.call("SET", "giant", "x".repeat(MAX_ITEM_BYTES - FRAME_BYTES + surplus));
      List<byte[]> giant = Collections.nCopies(READS, RawClient.encode("GET", "giant"));
      if (isKept) {
        untilAbsorbed(heatsink, client, giant);
      } else {
        assertThat(readsOfRedis(heatsink, client, giant)).isEqualTo(READS);
      }
      assertThat(readsOfRedis(heatsink, client, reads)).as("of the others").isLessThan(hot / 50);
    }
  }

  private void untilAbsorbed(HeatsinkFixture heatsink, RawClient client, List<byte[]> reads) {
    await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> {
              readAtRandom(client, reads);
              return readsOfRedis(heatsink, client, reads) == 0;
            });
  }

  /** In no order that repeats itself: not every hit is told to the cache. */
  private void readAtRandom(RawClient client, List<byte[]> reads) {
    for (int i = 0; i < 4 * reads.size(); i++) {
      client.sendRaw(reads.get(random.nextInt(reads.size()))).readReply();
    }
  }

  /** How many of these reads reach Redis. */
  private static long readsOfRedis(HeatsinkFixture heatsink, RawClient client, List<byte[]> reads) {
    heatsink.redis().resetStats();
    reads.forEach(read -> client.sendRaw(read).readReply());
    return heatsink.redis().calls("get");
  }
}
