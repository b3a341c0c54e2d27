package io.heatsink.counter.split;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Shape;
import io.heatsink.counter.shard.Split;
import io.heatsink.fake.Latin;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an exact reading answers when others count between its parts. */
class GatheringTest {

  private static final long EPOCH = 7;
  private static final Shape SHAPE = new Shape(4, "{key}:{shard}");
  private static final Split SPLIT = new Split(Latin.bytes("n"), EPOCH, SHAPE);

  private final Shards shards = new Shards();
  private final List<String> told = new ArrayList<>();

  /** Shards whose parts are read one after the other, with something else done in between. */
  private static final class Shards implements Upstream {
    private final long[] amounts = new long[SHAPE.shards()];
    private final long[] changes = new long[SHAPE.shards()];
    private final Map<Integer, Runnable> before = new HashMap<>();
    private int asked;

    /** Before the shard is asked that is the how-manieth from the start. */
    void before(int ask, Runnable action) {
      before.put(ask, action);
    }

    void add(int shard, long step) {
      amounts[shard] += step;
      changes[shard] += step == 1 ? 0 : 1;
    }

    @Override
    public void send(byte[] encoded, int length, ReplySlot slot) {
      String[] lines = Latin.text(Arrays.copyOf(encoded, length)).split("\r\n", -1);
      List<String> words =
          IntStream.range(1, lines.length / 2).mapToObj(i -> lines[2 * i]).toList();
      if (words.get(0).equals("EVALSHA")) {
        answer(slot, List.of("s", "" + EPOCH, "4", "" + Standing.VERSION, "", "9", "0", "0", "0"));
        return;
      }
      before.getOrDefault(asked++, () -> {}).run();
      int shard = Integer.parseInt(words.get(1).substring(2));
      List<String> values =
          words.subList(2, words.size()).stream()
              .map(
                  field ->
                      switch (field) {
                        case "e" -> "" + EPOCH;
                        case "n" -> "" + amounts[shard];
                        default -> "" + changes[shard];
                      })
              .toList();
      answer(slot, values);
    }

    private static void answer(ReplySlot slot, List<String> words) {
      StringBuilder out = new StringBuilder("*" + words.size() + "\r\n");
      words.forEach(word -> out.append("$" + word.length() + "\r\n" + word + "\r\n"));
      ByteBuf bytes = Unpooled.wrappedBuffer(Latin.bytes(out.toString()));
      slot.part(bytes, 0, bytes.readableBytes(), true);
    }

    @Override
    public void send(Request request, ReplySlot slot) {
      throw new AssertionError("nobody's request");
    }

    @Override
    public int number() {
      return 1;
    }

    @Override
    public @Nullable Tracking tracking() {
      return null;
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
      throw new AssertionError("never full");
    }
  }

  private void gather() {
    Gathering.gather(
        shards,
        new LaneStats(),
        SPLIT,
        true,
        new Gathering.Taker() {
          @Override
          public void total(long total) {
            told.add("" + total);
          }

          @Override
          public void moved() {
            told.add("moved");
          }

          @Override
          public void failed(WholeReply error) {
            told.add(Latin.text(error.encoded()));
          }
        });
  }

  @Test
  void whereAllAreOnesAnySumWasTheTotal() {
    IntStream.range(0, 4).forEach(shard -> shards.before(shard, () -> shards.add(3 - shard, 1)));
    gather();
    assertThat(told).containsExactly("2");
  }

  /** The total was 0, 4 and 5, and never 1. */
  @Test
  void aStepThatWasMissedBeforeAOneThatWasSeenIsFoundOut() {
    shards.before(
        2,
        () -> {
          shards.add(0, 4);
          shards.add(3, 1);
        });
    gather();
    assertThat(told).containsExactly("5");
  }

  @Test
  void otherStepsAreReadUntilNothingHasChanged() {
    shards.add(1, 10);
    shards.before(5, () -> shards.add(0, 4));
    shards.before(6, () -> shards.add(3, -1));
    gather();
    assertThat(told).containsExactly("13");
  }
}
