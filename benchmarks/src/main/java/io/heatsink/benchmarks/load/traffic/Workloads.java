package io.heatsink.benchmarks.load.traffic;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the workload of a load. Immutable.
 *
 * @param keys wanted in a key space
 * @param seed of every draw
 * @param crowdKey the key of a flash crowd
 * @param trace the commands of a trace; null where none is wanted
 * @param draws keys drawn before they come again
 */
public record Workloads(int keys, long seed, String crowdKey, @Nullable Trace trace, int draws) {

  /** Keys of one MGET. */
  public static final int KEYS_OF_MGET = 50;

  /** Part of the commands that a flash crowd is. */
  static final double CROWD_SHARE = 0.3;

  /** Keys of the hot set that moves, part of the commands that go to it, and when it moves. */
  static final int MOVING_KEYS = 20;

  static final double MOVING_SHARE = 0.5;
  static final long MOVE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  public static final String COUNTER = "counter";

  private static final double PERCENT = 100;

  /** A fresh one. */
  public Workload of(Load load) {
    KeySpace space = KeySpace.of(Math.max(1, load.valueBytes()), keys);
    SplittableRandom random = new SplittableRandom(seed);
    return switch (load.traffic()) {
      case UNIFORM -> readWrite(space, uniform(space, random), 1, random);
      case SET -> readWrite(space, uniform(space, random), 0, random);
      case ZIPF -> readWrite(space, zipf(space, load.parameter(), random), 1, random);
      case MIX ->
          readWrite(
              space,
              zipf(space, Popularity.MIX_EXPONENT, random),
              load.parameter() / PERCENT,
              random);
      case HOT -> new Same(Replies.request("GET", space.hot()), false);
      case INCR -> new Same(Replies.request("INCR", COUNTER), true);
      case MGET -> new Mget(space, Ring.draw(draws, uniform(space, random)::draw));
      case CROWD -> new Crowd(space, crowdKey, draws, uniform(space, random), random);
      case MOVING -> new Moving(space, seed, draws, uniform(space, random), random);
      case TRACE -> new Replay(Objects.requireNonNull(trace, "no trace"), load.valueBytes());
      case FOOTPRINT -> throw new IllegalArgumentException("footprint sends nothing of its own");
    };
  }

  /** Draws keys. */
  private interface Keys {
    int draw();
  }

  private static Keys uniform(KeySpace space, SplittableRandom random) {
    return () -> random.nextInt(space.count());
  }

  private static Keys zipf(KeySpace space, double exponent, SplittableRandom random) {
    AliasTable ranks = new AliasTable(Popularity.zipf(space.count(), exponent));
    return () -> space.key(ranks.draw(random));
  }

  private Workload readWrite(KeySpace space, Keys keys, double readShare, SplittableRandom random) {
    return new ReadWrite(
        space,
        Ring.draw(
            draws,
            () -> {
              int key = keys.draw();
              return readShare < 1 && random.nextDouble() >= readShare ? ~key : key;
            }));
  }

  /** The same bytes each time. */
  private static final class Same extends Workload {
    private final byte[] request;
    private final boolean isWrite;

    Same(byte[] request, boolean isWrite) {
      this.request = request;
      this.isWrite = isWrite;
    }

    @Override
    void append(ByteBuf out) {
      out.writeBytes(request);
      if (isWrite) {
        countWrite();
      } else {
        countRead();
      }
    }
  }

  /** GET of a drawn key, or SET where the complement of a key was drawn. */
  private static final class ReadWrite extends Workload {
    private final Ring ring;
    private final Template get;
    private final Template set;

    ReadWrite(KeySpace space, Ring ring) {
      this.ring = ring;
      get = space.template("GET");
      set = space.template("SET", space.value());
    }

    @Override
    void append(ByteBuf out) {
      int key = ring.next();
      if (key >= 0) {
        get.key(0, key).appendTo(out);
        countRead();
      } else {
        set.key(0, ~key).appendTo(out);
        countWrite();
      }
    }
  }

  private static final class Mget extends Workload {
    private final Ring ring;
    private final Template mget;

    Mget(KeySpace space, Ring ring) {
      this.ring = ring;
      mget = space.template("MGET", KEYS_OF_MGET);
    }

    @Override
    void append(ByteBuf out) {
      for (int slot = 0; slot < KEYS_OF_MGET; slot++) {
        mget.key(slot, ring.next());
      }
      mget.appendTo(out);
      countRead();
    }
  }

  /**
   * The crowd reads with GET and all others with GETRANGE, so that the backend's own count of GETs
   * is that of the crowd's key.
   */
  private static final class Crowd extends Workload {
    private final Ring ring;
    private final Template others;
    private final byte[] crowd;
    private boolean hasCome;

    Crowd(KeySpace space, String crowdKey, int draws, Keys keys, SplittableRandom random) {
      ring =
          Ring.draw(
              draws,
              () -> {
                int key = keys.draw();
                return random.nextDouble() < CROWD_SHARE ? ~key : key;
              });
      others = space.template("GETRANGE", Replies.ascii("0"), Replies.ascii("-1"));
      crowd = Replies.request("GET", crowdKey);
    }

    @Override
    void at(long elapsedNanos, long lengthNanos) {
      hasCome = elapsedNanos >= lengthNanos / 2;
    }

    @Override
    void append(ByteBuf out) {
      int key = ring.next();
      if (key < 0 && hasCome) {
        out.writeBytes(crowd);
      } else {
        others.key(0, key < 0 ? ~key : key).appendTo(out);
      }
      countRead();
    }
  }

  /** A negative number is a place in the hot set of the moment. */
  private static final class Moving extends Workload {
    private final Ring ring;
    private final Template get;
    private final KeySpace space;
    private final long firstSet;
    private long set;

    Moving(KeySpace space, long seed, int draws, Keys keys, SplittableRandom random) {
      this.space = space;
      ring =
          Ring.draw(
              draws,
              () ->
                  random.nextDouble() < MOVING_SHARE ? ~random.nextInt(MOVING_KEYS) : keys.draw());
      get = space.template("GET");
      // Another run begins elsewhere, where nothing is hot any more.
      firstSet = new SplittableRandom(seed).nextInt(space.count());
    }

    @Override
    void at(long elapsedNanos, long lengthNanos) {
      set = firstSet + elapsedNanos / MOVE_NANOS;
    }

    @Override
    void append(ByteBuf out) {
      int drawn = ring.next();
      int key = drawn >= 0 ? drawn : space.key(set * MOVING_KEYS + ~drawn);
      get.key(0, key).appendTo(out);
      countRead();
    }
  }

  private static final class Replay extends Workload {
    private final Ring ring;
    private final byte[][] requests;
    private final boolean[] isRead;

    Replay(Trace trace, int valueBytes) {
      List<Trace.Command> commands = trace.commands();
      ring = Ring.of(trace.order());
      requests = new byte[commands.size()][];
      isRead = new boolean[commands.size()];
      for (int i = 0; i < requests.length; i++) {
        Trace.Command command = commands.get(i);
        isRead[i] = command.isRead();
        requests[i] = encode(command, trace, valueBytes);
      }
    }

    private static byte[] encode(Trace.Command command, Trace trace, int valueBytes) {
      byte[] name = command.name().getBytes(ISO_8859_1);
      byte[] key = command.key().getBytes(ISO_8859_1);
      if (!command.name().equals("SET")) {
        return Replies.request(name, key);
      }
      byte[] zero = Replies.ascii("0");
      byte[] value = trace.isCounter(command.key()) ? zero : KeySpace.value(valueBytes);
      return Replies.request(name, key, value);
    }

    @Override
    void append(ByteBuf out) {
      int index = ring.next();
      out.writeBytes(requests[index]);
      if (isRead[index]) {
        countRead();
      } else {
        countWrite();
      }
    }
  }
}
