package io.heatsink.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The judge is judged: by histories made by hand, and by a search through everything. */
class CheckerTest {

  private static final int HISTORIES = 20_000;
  private static final int CLIENTS = 3;
  private static final Level LOOSE = new Level(6, true);

  private final List<Operation> history = new ArrayList<>();

  private void write(int client, int via, long value, long from, long to) {
    history.add(new Operation(client, history.size(), via, true, value, from, to, "SET"));
  }

  private void read(int client, int via, long value, long from, long to) {
    history.add(new Operation(client, history.size(), via, false, value, from, to, "GET"));
  }

  private void assertGood(Level level) {
    assertThat(Counterexample.of(history, level)).isNull();
  }

  private void assertBad(Level level) {
    assertThat(Checker.fault(history, level)).isNotNull();
  }

  @Test
  void nothingIsReadBeforeTheFirstWrite() {
    read(1, 0, Operation.ABSENT, 0, 1);
    write(1, 0, 7, 2, 3);
    read(2, 1, 7, 4, 5);
    assertGood(Level.COALESCED);
    read(2, 1, Operation.ABSENT, 6, 7);
    assertBad(Level.COALESCED);
  }

  @Test
  void whatRunsAtOnceMayHappenInEitherOrder() {
    write(1, 0, 7, 0, 10);
    write(2, 0, 8, 0, 10);
    read(3, 0, 8, 11, 12);
    assertGood(Level.COALESCED);
    read(4, 1, 8, 13, 14);
    assertGood(Level.COALESCED);
    read(4, 1, 7, 15, 16);
    assertBad(Level.COALESCED);
  }

  @Test
  void twoReadersWhoSeeTwoWritesInDifferentOrdersAreWrong() {
    write(1, 0, 7, 0, 100);
    write(2, 0, 8, 0, 100);
    read(3, 0, 7, 1, 2);
    read(3, 0, 8, 3, 4);
    read(4, 1, 8, 1, 2);
    assertGood(Level.COALESCED);
    read(4, 1, 7, 3, 4);
    assertBad(Level.COALESCED);
    assertBad(LOOSE);
  }

  @Test
  void aWriteThatIsSeenHasHappened() {
    write(1, 0, 7, 0, 1);
    write(2, 0, 8, 2, Operation.UNKNOWN);
    read(3, 0, 8, 3, 4);
    assertGood(Level.COALESCED);
    read(4, 1, 7, 5, 6);
    assertBad(Level.COALESCED);
  }

  @Test
  void aWriteOfUnknownOutcomeMayHappenLateOrNever() {
    write(1, 0, 7, 0, 1);
    write(2, 0, 8, 2, Operation.UNKNOWN);
    read(3, 0, 7, 100, 101);
    assertGood(Level.COALESCED);
    read(3, 0, 8, 200, 201);
    assertGood(Level.COALESCED);
    read(3, 0, 7, 300, 301);
    assertBad(Level.COALESCED);
  }

  @Test
  void aReadFromNowhereOrFromTheFutureIsWrong() {
    read(1, 0, 7, 0, 1);
    assertBad(LOOSE);
    write(2, 0, 7, 2, 3);
    assertBad(LOOSE);
  }

  @Test
  void eachAbsenceIsOneOfManyRemovals() {
    write(1, 0, Operation.ABSENT, 0, 10);
    write(1, 0, 7, 20, 30);
    read(2, 0, Operation.ABSENT, 21, 22);
    read(2, 0, 7, 23, 31);
    write(1, 0, Operation.ABSENT, 40, 50);
    read(2, 0, 7, 41, 42);
    read(2, 0, Operation.ABSENT, 43, 60);
    assertGood(Level.COALESCED);
    write(1, 0, 8, 61, 62);
    read(2, 0, Operation.ABSENT, 63, 64);
    assertBad(Level.COALESCED);
  }

  @Test
  void aLooseReadMayMissWhatOthersKnowForAWhile() {
    write(1, Operation.DIRECT, 7, 0, 1);
    write(1, Operation.DIRECT, 8, 2, 3);
    read(2, 0, 7, 9, 10);
    assertGood(LOOSE);
    assertBad(Level.COALESCED);
    read(2, 0, 7, 10, 11);
    assertBad(LOOSE);
  }

  @Test
  void aLooseClientNeverGoesBack() {
    write(1, Operation.DIRECT, 7, 0, 1);
    write(1, Operation.DIRECT, 8, 2, 3);
    read(2, 0, 8, 4, 5);
    read(3, 0, 7, 6, 7);
    assertGood(LOOSE);
    read(2, 0, 7, 8, 9);
    assertBad(LOOSE);
  }

  @Test
  void aClientGoesBackOnlyWhereNothingElseIsPromised() {
    Level laxest = new Level(6, false);
    write(1, Operation.DIRECT, 7, 0, 1);
    write(1, Operation.DIRECT, 8, 2, 3);
    read(2, 0, 8, 4, 5);
    read(2, 0, 7, 6, 7);
    assertGood(laxest);
    read(2, 0, 7, 12, 13);
    assertBad(laxest);
  }

  @Test
  void aLooseClientSeesItsOwnWritesInsideOnePipeline() {
    write(1, Operation.DIRECT, 7, 0, 1);
    write(2, 0, 8, 2, 5);
    read(2, 0, 8, 2, 6);
    assertGood(LOOSE);
    read(2, 0, 7, 2, 7);
    assertBad(LOOSE);
  }

  @Test
  void aLooseReadSeesWhatItsOwnHeatsinkAcknowledged() {
    write(1, 0, 7, 0, 1);
    write(1, 0, 8, 2, 3);
    read(2, 1, 7, 4, 5);
    assertGood(LOOSE);
    read(3, 0, 7, 4, 5);
    assertBad(LOOSE);
  }

  @Test
  void aDirectReadIsNeverLoose() {
    write(1, 0, 7, 0, 1);
    write(1, 0, 8, 2, 3);
    read(2, Operation.DIRECT, 7, 4, 5);
    assertBad(LOOSE);
  }

  @Test
  void theCounterexampleHoldsNothingElse() {
    for (int i = 0; i < 50; i++) {
      write(1, Operation.DIRECT, 100 + i, 10L * i, 10L * i + 3);
      read(2, Operation.DIRECT, 100 + i, 10L * i + 4, 10L * i + 5);
    }
    read(3, 0, 120, 400, 401);
    List<Operation> least = Counterexample.shrink(history, Level.COALESCED);
    assertThat(least).hasSize(3);
    assertThat(Counterexample.of(history, Level.COALESCED)).contains("client 3 via 0 reads 120");
  }

  @Test
  void saysWhatASearchThroughEverythingSays() {
    int bad = 0;
    int loose = 0;
    for (long seed = 0; seed < HISTORIES; seed++) {
      List<Operation> random = random(new SplittableRandom(seed));
      boolean isGood = Checker.fault(random, Level.COALESCED) == null;
      assertThat(isGood).as("seed %d", seed).isEqualTo(Search.isLinearizable(random));
      boolean isLoose = Checker.fault(random, LOOSE) == null;
      assertThat(isLoose).as("loose, seed %d", seed).isEqualTo(Search.isExplained(random, LOOSE));
      assertThat(isLoose || !isGood).as("what is strict is loose, seed %d", seed).isTrue();
      bad += isGood ? 0 : 1;
      loose += isLoose ? 1 : 0;
    }
    assertThat(bad).isBetween(HISTORIES / 10, HISTORIES * 9 / 10);
    assertThat(loose).isGreaterThan(HISTORIES - bad);
  }

  /** Up to eight operations of a register; a read may see something else than it should. */
  private static List<Operation> random(SplittableRandom random) {
    List<Operation> history = new ArrayList<>();
    long[] freeNanos = new long[CLIENTS];
    long value = Operation.ABSENT;
    long now = 0;
    int writes = 0;
    int count = 3 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      int client = random.nextInt(CLIENTS);
      now += random.nextInt(4);
      long at = Math.max(now, freeNanos[client] + 1);
      long from = Math.max(freeNanos[client] + 1, at - random.nextInt(4));
      long to = at + random.nextInt(4);
      boolean write = random.nextInt(5) < 2 && writes < 4;
      if (write) {
        writes++;
        value = random.nextInt(3) == 0 ? Operation.ABSENT : i + 1;
      }
      boolean lost = write && random.nextInt(5) == 0;
      long seen = !write && random.nextInt(8) == 0 ? random.nextInt(count) : value;
      history.add(
          new Operation(
              client, i, client - 1, write, seen, from, lost ? Operation.UNKNOWN : to, ""));
      freeNanos[client] = to;
      now = at;
    }
    return history;
  }
}
