package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.RawClient;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients that append numbers to lists of their own, in pipelines, while something happens to the
 * backend. What the lists hold in the end tells what was lost, doubled or overtaken.
 */
final class Writers {

  static final int WRITERS = 8;
  static final int LISTS = 5;
  static final int PIPELINE = 20;
  private static final String PUSHED = ":";

  private final InetSocketAddress address;
  private final AtomicBoolean goOn = new AtomicBoolean(true);
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong longestNanos = new AtomicLong();
  private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
  private final List<Writer> writers = new ArrayList<>();

  Writers(InetSocketAddress address) {
    this.address = address;
  }

  /** Errors that clients were told. */
  List<String> errors() {
    return errors;
  }

  /** Writes that clients were told have been done. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** The longest that a client has waited for the replies to a pipeline. */
  Duration longest() {
    return Duration.ofMillis(TimeUnit.NANOSECONDS.toMillis(longestNanos.get()));
  }

  /** What has happened, for a table in the docs. */
  String figures() {
    return "%d acknowledged, %d of them lost, %d told an error, a client waited %s at most"
        .formatted(acknowledged(), lost(), errors().size(), longest());
  }

  /** One client: for each list the numbers that were acknowledged, and those that may have been. */
  private final class Writer {
    private final int id;
    private final List<List<Long>> sure = new ArrayList<>();
    private final List<List<Long>> unsure = new ArrayList<>();
    private long next;

    Writer(int id) {
      this.id = id;
      for (int i = 0; i < LISTS; i++) {
        sure.add(new ArrayList<>());
        unsure.add(new ArrayList<>());
      }
    }

    String list(int i) {
      return "list:" + id + ":" + i;
    }

    void run() {
      try (RawClient client = RawClient.connect(address).timeout(Duration.ofSeconds(30))) {
        while (goOn.get()) {
          batch(client);
        }
      }
    }

    private void batch(RawClient client) {
      List<byte[]> commands = new ArrayList<>();
      long first = next;
      for (int i = 0; i < PIPELINE; i++, next++) {
        commands.add(RawClient.encode("RPUSH", list((int) (next % LISTS)), Long.toString(next)));
      }
      long number = first;
      long from = System.nanoTime();
      List<byte[]> replies = client.pipeline(commands);
      longestNanos.accumulateAndGet(System.nanoTime() - from, Math::max);
      for (byte[] reply : replies) {
        String text = new String(reply, StandardCharsets.US_ASCII);
        int list = (int) (number % LISTS);
        if (text.startsWith(PUSHED)) {
          sure.get(list).add(number);
          acknowledged.incrementAndGet();
        } else {
          errors.add(text.trim());
          if (text.contains("may have been run")) {
            unsure.get(list).add(number);
          }
        }
        number++;
      }
    }

    /** Numbers that were acknowledged and are not there. */
    long lost(RawClient client) {
      long lost = 0;
      for (int i = 0; i < LISTS; i++) {
        List<Long> held = held(client, list(i));
        assertThat(held).as("in their order, none twice").isSorted().doesNotHaveDuplicates();
        List<Long> known = new ArrayList<>(sure.get(i));
        known.addAll(unsure.get(i));
        assertThat(known).as("nothing that was refused has been run").containsAll(held);
        List<Long> missing = new ArrayList<>(sure.get(i));
        missing.removeAll(held);
        lost += missing.size();
      }
      return lost;
    }

    private List<Long> held(RawClient client, String list) {
      String reply = client.call("LRANGE", list, "0", "-1");
      assertThat(reply).startsWith("*");
      return reply.lines().filter(line -> line.matches("\\d+")).map(Long::valueOf).toList();
    }
  }

  /** Has all of them write while this happens, and some time before and after. */
  void during(Runnable fault) {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      Writer writer = new Writer(i);
      writers.add(writer);
      CompletableFuture<Void> done = new CompletableFuture<>();
      running.add(done);
      Thread thread =
          new Thread(
              () -> {
                try {
                  writer.run();
                  done.complete(null);
                } catch (RuntimeException | Error e) {
                  done.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }
    try {
      awaitMore(2_000);
      fault.run();
      awaitMore(2_000);
    } finally {
      goOn.set(false);
    }
    running.forEach(CompletableFuture::join);
  }

  private void awaitMore(long writes) {
    long enough = acknowledged.get() + writes;
    await().atMost(Duration.ofSeconds(30)).until(() -> acknowledged.get() >= enough);
  }

  /** Writes that were acknowledged and are not there; all others are in their order, none twice. */
  long lost() {
    try (RawClient client = RawClient.connect(address)) {
      return writers.stream().mapToLong(writer -> writer.lost(client)).sum();
    }
  }
}
