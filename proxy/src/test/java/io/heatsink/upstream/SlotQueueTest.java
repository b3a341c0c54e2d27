package io.heatsink.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.LaneClock;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.WholeReply;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The ring against a plain queue. */
class SlotQueueTest {

  private static final long SEED = 20261122;

  @Test
  void equalsAQueue() {
    SplittableRandom random = new SplittableRandom(SEED);
    SlotQueue queue = new SlotQueue(new LaneClock());
    ArrayDeque<ReplySlot> model = new ArrayDeque<>();
    for (int step = 0; step < 200_000; step++) {
      boolean fills = step % 50_000 < 25_000;
      if (random.nextInt(10) < (fills ? 7 : 2)) {
        ReplySlot slot = WholeReply.then(reply -> {});
        queue.add(slot);
        model.add(slot);
      } else {
        assertThat(queue.poll()).as("seed %d, step %d", SEED, step).isSameAs(model.poll());
      }
      assertThat(queue.peek()).isSameAs(model.peek());
      assertThat(queue.size()).isEqualTo(model.size());
    }
  }
}
