package io.heatsink.hunt;

import static net.bytebuddy.matcher.ElementMatchers.named;
import static net.bytebuddy.matcher.ElementMatchers.takesArgument;

import io.heatsink.command.Writes;
import java.lang.reflect.Method;
import java.util.List;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.asm.AsmVisitorWrapper;
import net.bytebuddy.asm.MemberSubstitution;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.matcher.ElementMatchers;

/** A build of Heatsink that is broken in one place; what is right there is written beside it. */
public enum Mutant {
  /** A fill is stored only in the epoch it was issued in. */
  NO_EPOCH_CHECK(Setup.TTL) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.cache.WriteGuard");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.method(named("epoch")).intercept(FixedValue.value(0L));
    }
  },
  /** An entry goes, and nothing is served from memory, from before its key's write is sent. */
  INVALIDATES_ONLY_AT_ACKNOWLEDGEMENT(Setup.TTL) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.route.Router", "io.heatsink.reply.ClientPlace");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.visit(calls("begin", "beginsLater", Writes.class, long.class, int.class))
          .visit(calls("end", "beginsAndEnds", Writes.class, long.class));
    }
  },
  /** What Redis says has changed is dropped. */
  IGNORES_WHAT_HAS_CHANGED(Setup.TRACKED) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.cache.WriteGuard");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.method(named("changed")).intercept(StubMethod.INSTANCE);
    }
  },
  /** What Redis says has changed makes the fills that are under way worthless. */
  STORES_WHAT_CHANGED_MEANWHILE(Setup.FOREIGN) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.cache.WriteGuard");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.visit(
          MemberSubstitution.relaxed()
              .method(named("incrementAndGet"))
              .stub()
              .on(named("changed")));
    }
  },
  /** What was read under a promise goes with the connection that the news comes on. */
  BELIEVES_THOUGH_THE_NEWS_IS_LOST(Setup.FOREIGN) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.upstream.Invalidations");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.visit(
          MemberSubstitution.relaxed()
              .method(named("forEach"))
              .stub()
              .on(named("lost").and(takesArgument(0, boolean.class))));
    }
  },
  /** A client that asks for fresh reads gets none from memory. */
  FORGETS_WHO_WANTS_FRESH_READS(Setup.FRESH) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.session.Session");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.method(named("wantsFresh")).intercept(FixedValue.value(false));
    }
  },
  /** A read joins only a flight that is not on the wire. */
  JOINS_A_FLIGHT_ON_THE_WIRE(Setup.COALESCED) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.flight.ReadFlight");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.visit(Advice.to(JoinsUnlessStarted.class).on(named("isJoinableOnWire")));
    }
  },
  /** A replica is read from only once it has what was acknowledged. */
  READS_FROM_ANY_REPLICA(Setup.REPLICAS) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.topology.Replication");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.method(named("has")).intercept(FixedValue.value(true));
    }
  },
  /** A write waits until no replica owes a reply about its key. */
  WRITES_PAST_READS_OF_REPLICAS(Setup.REPLICAS) {
    @Override
    List<String> classes() {
      return List.of("io.heatsink.replica.ReplicaLink");
    }

    @Override
    DynamicType.Builder<?> breaks(DynamicType.Builder<?> type) {
      return type.method(named("holdsBack")).intercept(FixedValue.value(false));
    }
  };

  /** What shows it. */
  final Setup setup;

  Mutant(Setup setup) {
    this.setup = setup;
  }

  /** The names of the classes that it changes. */
  abstract List<String> classes();

  /** Changes one of them. */
  abstract DynamicType.Builder<?> breaks(DynamicType.Builder<?> type);

  /** Has calls of one key's {@link Writes} call a method of this class instead. */
  private static AsmVisitorWrapper calls(String name, String instead, Class<?>... parameters) {
    try {
      Method replacement = Mutant.class.getDeclaredMethod(instead, parameters);
      return MemberSubstitution.relaxed()
          .method(named(name).and(takesArgument(0, long.class)))
          .replaceWith(replacement)
          .on(ElementMatchers.any());
    } catch (NoSuchMethodException e) {
      throw new AssertionError(e);
    }
  }

  /** Called by {@link #INVALIDATES_ONLY_AT_ACKNOWLEDGEMENT}. */
  public static void beginsLater(Writes writes, long keyHash, int connection) {}

  /** Called by {@link #INVALIDATES_ONLY_AT_ACKNOWLEDGEMENT}. */
  public static void beginsAndEnds(Writes writes, long keyHash) {
    writes.begin(keyHash, Writes.UNORDERED);
    writes.end(keyHash);
  }

  /** The end of {@code ReadFlight.isJoinableOnWire}. */
  static final class JoinsUnlessStarted {
    private JoinsUnlessStarted() {}

    @Advice.OnMethodExit
    @SuppressWarnings("UnusedVariable") // what is assigned becomes the result
    static void exit(
        @Advice.FieldValue("started") boolean started,
        @Advice.Return(readOnly = false) boolean isJoinable) {
      isJoinable = !started;
    }
  }
}
