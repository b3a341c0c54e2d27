package io.heatsink.client;

import io.heatsink.command.CommandSpec;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;

/**
 * What CLIENT PAUSE holds up, so that each client is held up by itself and not by others on the
 * same connection. Shared by lanes, thread-safe.
 *
 * <p>Like Redis it knows one pause, which a later one may only prolong or widen.
 */
public final class Pauses {

  /** A pause in force until some nanosecond; {@code isOfAll} of reads too. */
  public record Pause(boolean isOfAll, long untilNanos) {
    private boolean isNone() {
      return untilNanos == Long.MIN_VALUE;
    }
  }

  /** What Redis holds up as well as writes; it does not tell. */
  private static final Set<String> MAY_REPLICATE =
      Set.of("eval", "evalsha", "fcall", "pfcount", "publish", "spublish");

  private static final Pause NONE = new Pause(false, Long.MIN_VALUE);

  private final AtomicReference<Pause> current = new AtomicReference<>(NONE);

  /** Whether this command will not be answered before the pause ends. */
  public boolean holds(CommandSpec spec, long nowNanos) {
    Pause pause = Objects.requireNonNull(current.get());
    return !pause.isNone() && holds(pause, spec, nowNanos);
  }

  private boolean holds(Pause pause, CommandSpec spec, long nowNanos) {
    if (pause.untilNanos - nowNanos <= 0) {
      current.compareAndSet(pause, NONE);
      return false;
    }
    return pause.isOfAll || spec.isWrite() || MAY_REPLICATE.contains(spec.name());
  }

  /**
   * A pause is about to be asked for.
   *
   * @return what was in force before, for {@link #restore}
   */
  public Pause begin(boolean ofAll, long millis, long nowNanos) {
    long until = nowNanos + Math.min(millis, Long.MAX_VALUE / 4_000_000) * 1_000_000;
    UnaryOperator<Pause> longer =
        before ->
            before.isNone()
                ? new Pause(ofAll, until)
                : new Pause(ofAll || before.isOfAll, Math.max(until, before.untilNanos));
    return Objects.requireNonNull(current.getAndUpdate(longer));
  }

  /** The backend refused. */
  public void restore(Pause before) {
    current.set(before);
  }

  /** The pause is over. */
  public void end() {
    current.set(NONE);
  }
}
