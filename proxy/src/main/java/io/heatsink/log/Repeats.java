package io.heatsink.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.event.KeyValuePair;

/**
 * Keeps warnings and errors that repeat from flooding the log: of each kind some lines pass in each
 * interval, and the next says how many did not ({@code repeated}). Thread-safe.
 *
 * <p>A kind is what one place in the code says, whatever the values in it, with one class of cause.
 */
public final class Repeats extends Filter<ILoggingEvent> {

  static final int PASSING = 5;
  static final long INTERVAL_MILLIS = 10_000;

  /** Kinds told apart; what is beyond them is of one kind. */
  static final int MOST_KINDS = 512;

  private static final String OTHERS = "others";
  private static final LongAdder SUPPRESSED = new LongAdder();
  private static volatile long distinct;

  /** What has been seen of one kind. */
  private static final class Seen {
    private long fromMillis;
    private int passed;
    private long suppressed;
  }

  private final LongSupplier clockMillis;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Seen> kinds = new HashMap<>();

  Repeats(LongSupplier clockMillis) {
    this.clockMillis = clockMillis;
  }

  /** Lines that were not written since the start. */
  public static long suppressed() {
    return SUPPRESSED.sum();
  }

  /** Kinds of warnings and errors since the start. */
  public static long distinct() {
    return distinct;
  }

  @Override
  public FilterReply decide(ILoggingEvent event) {
    if (!event.getLevel().isGreaterOrEqual(Level.WARN)) {
      return FilterReply.NEUTRAL;
    }
    lock.lock();
    try {
      return decide(event, seen(kind(event)));
    } finally {
      lock.unlock();
    }
  }

  private FilterReply decide(ILoggingEvent event, Seen seen) {
    long now = clockMillis.getAsLong();
    if (now - seen.fromMillis >= INTERVAL_MILLIS) {
      seen.fromMillis = now;
      seen.passed = 0;
    }
    if (seen.passed == PASSING) {
      seen.suppressed++;
      SUPPRESSED.increment();
      return FilterReply.DENY;
    }
    seen.passed++;
    if (seen.suppressed > 0 && event instanceof LoggingEvent line) {
      line.addKeyValuePair(new KeyValuePair("repeated", seen.suppressed));
      seen.suppressed = 0;
    }
    return FilterReply.NEUTRAL;
  }

  private Seen seen(String kind) {
    boolean isOther = kinds.size() >= MOST_KINDS && !kinds.containsKey(kind);
    Seen seen = kinds.computeIfAbsent(isOther ? OTHERS : kind, unseen -> new Seen());
    distinct = kinds.size();
    return seen;
  }

  private static String kind(ILoggingEvent event) {
    String cause =
        event.getThrowableProxy() == null ? "" : event.getThrowableProxy().getClassName();
    return event.getLoggerName() + '\n' + event.getMessage() + '\n' + cause;
  }
}
