package io.heatsink.hunt;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** What goes wrong in the middle of a round. */
enum Fault {
  NOTHING {
    @Override
    void strike(World world, SplittableRandom random) {}
  },
  /** Redis stands still; its connections stay. */
  PAUSE {
    @Override
    void strike(World world, SplittableRandom random) {
      world.redis().pause();
      LockSupport.parkNanos(random.nextLong(MAX_PAUSE_NANOS));
      world.redis().resume();
    }
  },
  /** The connections of one Heatsink to Redis break, with what is on the way. */
  CUT {
    @Override
    void strike(World world, SplittableRandom random) {
      world.wire(random.nextInt(World.HEATSINKS)).cut();
    }
  },
  /** Redis closes every connection, those of its own clients too. */
  KILL {
    @Override
    void strike(World world, SplittableRandom random) {
      world.redis().call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
    }
  },
  /** Redis dies and comes back empty. */
  CRASH {
    @Override
    void strike(World world, SplittableRandom random) {
      world.redis().restart();
    }
  };

  private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

  abstract void strike(World world, SplittableRandom random);

  /** Whether it removes all keys. */
  boolean isAmnesia() {
    return this == CRASH;
  }

  static Fault any(SplittableRandom random) {
    int draw = random.nextInt(32);
    if (draw < 18) {
      return NOTHING;
    }
    return draw < 23 ? PAUSE : draw < 27 ? CUT : draw < 31 ? KILL : CRASH;
  }
}
