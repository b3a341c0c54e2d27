package io.heatsink.it;

import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RawClient;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of one Heatsink that read one large value as fast as they can, and one that writes it: a
 * number that grows. Nobody may read less than what had been acknowledged when it asked.
 */
final class ReadersOfOne implements AutoCloseable {

  static final int VALUE_BYTES = 50_000;
  private static final int READERS = 8;
  private static final Duration SOON = Duration.ofSeconds(30);

  private final InetSocketAddress address;
  private final String key;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private final AtomicBoolean over = new AtomicBoolean();
  private final List<String> faults = Collections.synchronizedList(new ArrayList<>());
  private final List<CompletableFuture<Void>> running = new ArrayList<>();

  ReadersOfOne(InetSocketAddress address, String key) {
    this.address = address;
    this.key = key;
    write();
    for (int i = 0; i < READERS; i++) {
      running.add(CompletableFuture.runAsync(this::read, task -> new Thread(task).start()));
    }
  }

  private void read() {
    try (RawClient client = RawClient.connect(address).timeout(SOON)) {
      while (!over.get()) {
        long least = acknowledged.get();
        long from = System.nanoTime();
        String reply = client.call("GET", key);
        longestNanos.accumulateAndGet(System.nanoTime() - from, Math::max);
        judge(reply, least);
        reads.incrementAndGet();
      }
    }
  }

  private void judge(String reply, long least) {
    int line = reply.indexOf('\n') + 1;
    int dot = reply.indexOf('.');
    if (!reply.startsWith("$") || dot < 0) {
      faults.add(reply.trim());
    } else if (Long.parseLong(reply.substring(line, dot)) < least) {
      faults.add("older than what was acknowledged: " + reply.substring(line, dot) + " < " + least);
    }
  }

  /** Writes the next number, and waits for the reply. */
  void write() {
    try (RawClient client = RawClient.connect(address).timeout(SOON)) {
      write(client);
    }
  }

  /** The same on a connection of the caller's. */
  void write(RawClient client) {
    long next = acknowledged.get() + 1;
    String reply = client.call("SET", key, value(next));
    if (reply.equals("+OK\r\n")) {
      acknowledged.set(next);
    } else {
      faults.add(reply.trim());
    }
  }

  static String value(long number) {
    byte[] padding = new byte[VALUE_BYTES];
    java.util.Arrays.fill(padding, (byte) '.');
    return number + new String(padding, StandardCharsets.US_ASCII);
  }

  /** Waits for so many reads more. */
  void awaitMore(long count) {
    long enough = reads.get() + count;
    await().atMost(SOON).until(() -> reads.get() >= enough || !faults.isEmpty());
  }

  /** What any of them was told that it should not have been. */
  List<String> faults() {
    return faults;
  }

  /** The longest that one had to wait since the last call. */
  Duration longest() {
    return Duration.ofNanos(longestNanos.getAndSet(0));
  }

  @Override
  public void close() {
    over.set(true);
    running.forEach(CompletableFuture::join);
  }
}
