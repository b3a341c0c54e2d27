package io.heatsink.hunt;

import io.heatsink.history.Counterexample;
import io.heatsink.history.Level;
import io.heatsink.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Rounds with seeds, each of which makes one history a register. */
public final class Hunt implements AutoCloseable {

  /** Seeds within which every mutant must show itself, and which all else must pass. */
  static final int SEEDS = 200;

  private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_NANOS = TimeUnit.MILLISECONDS.toNanos(130);
  private static final long[] DELAYS_NANOS = {0, 100_000, 1_000_000, 3_000_000};
  private static final int DIRECT_WRITE_EVERY = 5;
  private static final int NATURE = -1;

  private final Setup setup;
  private final World world;
  private final Stalls stalls = new Stalls();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final AtomicLong values = new AtomicLong();
  private long operations;

  Hunt(Setup setup) {
    this.setup = setup;
    this.world = new World(setup);
  }

  /**
   * Hunts with so many seeds until one shows a fault; only types of the JDK, for mutants.
   *
   * @return the fault, or null
   */
  public static @Nullable String run(String setup, long firstSeed, int seeds) throws Exception {
    try (Hunt hunt = new Hunt(Setup.valueOf(setup))) {
      for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
        String fault = hunt.round(seed);
        if (fault != null) {
          return fault;
        }
      }
      return null;
    }
  }

  /** Reads that were answered from a near cache. */
  double hits() {
    return world.metric("heatsink_cache_hits");
  }

  /** Reads that a replica has answered. */
  double replicaReads() {
    return world.metric("heatsink_replica_reads");
  }

  /** Operations judged so far. */
  long operations() {
    return operations;
  }

  /** One round; returns what is wrong with it, or null. */
  @Nullable String round(long seed) throws InterruptedException, ExecutionException {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < World.HEATSINKS; i++) {
      world.wire(i).maxDelayNanos(DELAYS_NANOS[random.nextInt(DELAYS_NANOS.length)]);
    }
    Fault fault = Fault.any(random);
    world.behind().settle();
    world.forget();
    stalls.takeLongestNanos();
    AtomicBoolean over = new AtomicBoolean();
    List<Future<List<List<Operation>>>> playing = new ArrayList<>();
    for (Player player : world.players()) {
      SplittableRandom chances = random.split();
      playing.add(threads.submit(() -> play(player, chances, over)));
    }
    List<Operation> byNature;
    try {
      byNature = disturb(fault, random);
    } finally {
      over.set(true);
    }
    List<List<Operation>> histories =
        IntStream.range(0, World.KEYS.size()).mapToObj(i -> copy(byNature)).toList();
    for (Future<List<List<Operation>>> played : playing) {
      List<List<Operation>> own = played.get();
      for (int i = 0; i < own.size(); i++) {
        histories.get(i).addAll(own.get(i));
      }
    }
    return judge(histories, "seed " + seed + ", " + setup + ", " + fault);
  }

  private static List<Operation> copy(List<Operation> operations) {
    return new ArrayList<>(operations);
  }

  private List<List<Operation>> play(Player player, SplittableRandom random, AtomicBoolean over) {
    boolean isDirect = player.via() == Operation.DIRECT;
    int writeEvery = isDirect ? DIRECT_WRITE_EVERY : setup.proxiedWriteEvery();
    Words words = new Words(World.KEYS, values, writeEvery, random.split());
    return player.play(words, World.KEYS.size(), random, over::get);
  }

  /** Lets the round run for its time, with the fault in the middle. */
  private List<Operation> disturb(Fault fault, SplittableRandom random) {
    long half = random.nextLong(SHORTEST_NANOS, LONGEST_NANOS) / 2;
    LockSupport.parkNanos(half);
    long from = System.nanoTime();
    fault.strike(world, random);
    long to = System.nanoTime();
    LockSupport.parkNanos(half);
    if (!fault.isAmnesia(world)) {
      return List.of();
    }
    String name = fault.name();
    return List.of(
        new Operation(NATURE, 0, Operation.DIRECT, true, Operation.ABSENT, from, to, name));
  }

  private @Nullable String judge(List<List<Operation>> histories, String round) {
    long stallNanos = stalls.takeLongestNanos();
    for (int i = 0; i < histories.size(); i++) {
      Level level = setup.level(i, stallNanos);
      operations += histories.get(i).size();
      String found = Counterexample.of(histories.get(i), level);
      if (found != null) {
        return "%s, register %d, %s: %s".formatted(round, i, level, found);
      }
    }
    return null;
  }

  @Override
  public void close() {
    threads.shutdownNow();
    stalls.close();
    world.close();
  }
}
