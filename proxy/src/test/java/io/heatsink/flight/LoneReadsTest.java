package io.heatsink.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.fake.FakePlace;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The table of lone reads against a map, with homes that collide as often as can be. */
class LoneReadsTest {

  private static final long SEED = 20261123;

  private final LoneReads lones = new LoneReads();
  private final Map<Long, FakePlace> model = new HashMap<>();

  /** Few homes, some at the very end of the table. */
  private static long number(int key) {
    return ((key % 7L) << 20) - (key % 3 == 0 ? 1L << 21 : 0) + key;
  }

  private void check() {
    model.keySet().forEach(number -> assertThat(lones.find(number)).isNotNegative());
  }

  @Test
  void findsWhatIsOnTheWireAndNothingElse() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int step = 0; step < 30_000; step++) {
      // Phases that fill the table beyond its first size, and that empty it.
      boolean fills = step / 5_000 % 2 == 0;
      long number = number(random.nextInt(4_000));
      FakePlace known = model.get(number);
      assertThat(lones.find(number) >= 0).as("seed %d, %d", SEED, step).isEqualTo(known != null);
      if (known == null && (fills || random.nextInt(4) == 0)) {
        FakePlace place = new FakePlace();
        lones.add(number, place);
        model.put(number, place);
      } else if (known != null && (!fills || random.nextInt(4) == 0)) {
        lones.landed(number, known);
        model.remove(number);
      }
      if (step % 1_000 == 0) {
        check();
      }
    }
    model.forEach(lones::landed);
    model.keySet().forEach(number -> assertThat(lones.find(number)).isEqualTo(-1));
  }

  @Test
  void onlyItsOwnReplyEndsARead() {
    FakePlace place = new FakePlace();
    lones.add(1, place);
    lones.landed(1, new FakePlace());
    assertThat(lones.find(1)).isNotNegative();
    lones.landed(1, place);
    assertThat(lones.find(1)).isEqualTo(-1);
  }
}
