package io.heatsink.flight;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.Upstream;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakeRedis;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The table of flights against a map, with hashes that collide as often as can be. */
class FlightTableTest {

  private static final long SEED = 20261122;

  /** A flight that sends nothing. */
  private static final class Probe extends Flight {
    Probe(FlightTable table, Upstream to, int key) {
      super(table);
      prepare(to, slot(key), bytes(key), 1, Integer.BYTES);
    }

    void land() {
      landed();
    }

    @Override
    protected void send() {}

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {}

    @Override
    public void fail(byte[] error) {}
  }

  /** Few slots of the table, some at its very end, and equal hashes for different keys. */
  private static long slot(int key) {
    return ((key % 7L) << 20) - (key % 3 == 0 ? 1L << 21 : 0);
  }

  private static ByteBuf bytes(int key) {
    return Unpooled.buffer(8).writeByte(0).writeInt(key);
  }

  private final Upstream[] upstreams = {
    new FakePipe(new FakeRedis()), new FakePipe(new FakeRedis())
  };
  private final FlightTable table = new FlightTable();
  private final Map<Integer, Probe> model = new HashMap<>();
  private final List<Probe> overtaken = new ArrayList<>();

  private @Nullable Probe find(int key) {
    return (Probe) table.find(to(key), slot(key), bytes(key), 1, Integer.BYTES);
  }

  private Upstream to(int key) {
    return upstreams[key & 1];
  }

  @Test
  void equalsAMapUnderRandomOperations() {
    SplittableRandom random = new SplittableRandom(SEED);
    for (int step = 0; step < 200_000; step++) {
      int key = random.nextInt(step % 20_000 < 10_000 ? 700 : 20);
      Probe known = model.get(key);
      assertThat(find(key)).as("seed %d, step %d", SEED, step).isSameAs(known);
      step(random, key, known);
    }
  }

  private void step(SplittableRandom random, int key, @Nullable Probe known) {
    if (known == null) {
      Probe flight = new Probe(table, to(key), key);
      table.add(flight);
      model.put(key, flight);
      return;
    }
    Probe gathering = (Probe) table.gathering(known);
    switch (random.nextInt(4)) {
      case 0 -> {
        if (gathering == null) {
          table.gatherBehind(known, new Probe(table, to(key), key));
        }
      }
      case 1 -> {
        if (gathering != null) {
          gathering.dispatch();
          model.put(key, gathering);
          overtaken.add(known);
        }
      }
      case 2 -> {
        if (!overtaken.isEmpty()) {
          overtaken.remove(random.nextInt(overtaken.size())).land();
        }
      }
      default -> {
        known.land();
        if (gathering == null) {
          model.remove(key);
        } else {
          assertThat(gathering.isSent()).as("the next leaves").isTrue();
          model.put(key, gathering);
        }
      }
    }
  }

  @Test
  void sameBytesToAnotherUpstreamAreAnotherFlight() {
    Probe flight = new Probe(table, upstreams[0], 4);
    table.add(flight);
    assertThat(table.find(upstreams[1], slot(4), bytes(4), 1, Integer.BYTES)).isNull();
    assertThat(table.find(upstreams[0], slot(4), bytes(4), 1, 3)).isNull();
    assertThat(table.find(upstreams[0], slot(4) + 1, bytes(4), 1, Integer.BYTES)).isNull();
    assertThat(table.find(upstreams[0], slot(4), bytes(4), 1, Integer.BYTES)).isSameAs(flight);
  }

  @Test
  void dispatchIsHarmlessWhenSent() {
    Probe first = new Probe(table, to(1), 1);
    table.add(first);
    Probe second = new Probe(table, to(1), 1);
    table.gatherBehind(first, second);
    second.dispatch();
    second.dispatch();
    assertThat(find(1)).isSameAs(second);
    first.land();
    assertThat(find(1)).as("an overtaken one lands without a trace").isSameAs(second);
    second.land();
    second.dispatch();
    assertThat(find(1)).isNull();
  }
}
