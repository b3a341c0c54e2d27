package io.heatsink.hunt;

import io.heatsink.testkit.RedisServer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

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
      RedisServer any = world.any(random);
      any.pause();
      LockSupport.parkNanos(random.nextLong(MAX_PAUSE_NANOS));
      any.resume();
    }
  },
  /** The connections of one Heatsink to Redis break, with what is on the way. */
  CUT {
    @Override
    void strike(World world, SplittableRandom random) {
      world.wire(random.nextInt(World.HEATSINKS)).cut();
    }
  },
  /** Redis closes one of the connections on which it tells of changes, and no other. */
  DEAFEN {
    @Override
    void strike(World world, SplittableRandom random) {
      RedisServer redis = world.any(random);
      String list = redis.call("CLIENT", "LIST");
      List<String> listeners =
          LISTENER.matcher(list).results().map(found -> found.group(1)).distinct().toList();
      if (!listeners.isEmpty()) {
        String any = listeners.get(random.nextInt(listeners.size()));
        redis.call("CLIENT", "KILL", "ID", any);
      }
    }
  },
  /** Redis closes every connection, those of its own clients too. */
  KILL {
    @Override
    void strike(World world, SplittableRandom random) {
      for (RedisServer redis : world.behind().servers()) {
        redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      }
    }
  },
  /** Redis dies and comes back empty; in a cluster slots move. */
  CRASH {
    @Override
    void strike(World world, SplittableRandom random) {
      world.behind().crash(random);
    }
  };

  private static final Pattern LISTENER = Pattern.compile(" redir=([1-9][0-9]*)");
  private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

  abstract void strike(World world, SplittableRandom random);

  /** Whether it removes all keys. */
  boolean isAmnesia(World world) {
    return this == CRASH && world.behind().forgets();
  }

  static Fault any(SplittableRandom random) {
    int draw = random.nextInt(32);
    if (draw < 16) {
      return NOTHING;
    }
    return draw < 20 ? PAUSE : draw < 24 ? CUT : draw < 28 ? DEAFEN : draw < 31 ? KILL : CRASH;
  }
}
