package io.heatsink.console;

import io.heatsink.detect.HotKey;
import io.heatsink.journal.Event.Kind;
import io.heatsink.journal.Event.Severity;
import io.heatsink.journal.EventLog;
import io.heatsink.metrics.LaneStats;
import io.heatsink.metrics.TrackingState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes events of what differs between one look and the next, so that nothing on the way of a
 * command has to. Confined to the admin server's thread.
 */
final class Watch {

  /** Events about keys from one look: a thousand at once say no more than a few. */
  private static final int MOST_KEYS = 20;

  private final EventLog events;
  private Map<Long, HotKey> hot = Map.of();
  private boolean wasTracked;
  private String tracking = "";

  Watch(EventLog events) {
    this.events = events;
  }

  void look(@Nullable Moment before, Moment now, TrackingState state) {
    keys(now);
    tracking(state);
    backend(before == null ? null : before.backend(), now.backend());
    if (before != null) {
      counts(before.lanes().stats(), now.lanes().stats());
    }
  }

  private void keys(Moment now) {
    Map<Long, HotKey> next = new HashMap<>();
    now.keys().forEach(key -> next.put(key.hash(), key));
    int told = 0;
    for (HotKey key : now.keys()) {
      if (!hot.containsKey(key.hash()) && told++ < MOST_KEYS) {
        tell(Severity.INFO, "went hot: " + heat(key), key);
      }
    }
    for (HotKey key : hot.values()) {
      if (!next.containsKey(key.hash()) && told++ < MOST_KEYS) {
        tell(Severity.INFO, "went cold", key);
      }
    }
    if (told > MOST_KEYS) {
      events.add(
          Kind.KEY, Severity.INFO, "and " + (told - MOST_KEYS) + " keys more went hot or cold");
    }
    hot = next;
  }

  private static String heat(HotKey key) {
    List<String> names = new ArrayList<>();
    if (key.readHot()) {
      names.add("reads");
    }
    if (key.writeHot()) {
      names.add("writes");
    }
    if (key.bigHot()) {
      names.add(String.format(Locale.ROOT, "%,.1f MB/s", key.bytesPerSecond() / 1e6));
    }
    return String.join(" and ", names) + ", " + rate(key.commandsPerSecond());
  }

  private void tell(Severity severity, String text, HotKey key) {
    events.add(Kind.KEY, severity, text, key.key());
  }

  private static String rate(double perSecond) {
    return String.format(Locale.ROOT, "%,.0f/s", perSecond);
  }

  private void tracking(TrackingState state) {
    boolean isTracked = state.connections() > 0;
    String now = state.toString();
    if (wasTracked && !isTracked) {
      events.add(
          Kind.TRACKING,
          Severity.WARNING,
          "tracking lost: what was read under it is dropped, answers live cache.untracked-ttl");
    } else if (!wasTracked && isTracked) {
      events.add(Kind.TRACKING, Severity.GOOD, "Redis tracks what is kept");
    }
    if (!now.equals(tracking) && now.contains("(")) {
      events.add(Kind.TRACKING, Severity.WARNING, "tracking refused: " + now);
    }
    wasTracked = isTracked;
    tracking = now;
  }

  private void backend(Observed.@Nullable Backend before, Observed.Backend now) {
    boolean isNew = before == null || before.isReachable() != now.isReachable();
    if (isNew && (before != null || now.isReachable())) {
      events.add(
          Kind.BACKEND,
          now.isReachable() ? Severity.GOOD : Severity.WARNING,
          now.isReachable() ? "backend " + now.name() + " answers" : now.detail());
    }
    if (before != null && !Objects.equals(before.topology(), now.topology())) {
      events.add(Kind.TOPOLOGY, Severity.WARNING, Nodes.change(before.topology(), now.topology()));
    }
  }

  private void counts(LaneStats before, LaneStats now) {
    count(
        now.clientsRefused - before.clientsRefused,
        Kind.CLIENT,
        "clients refused: there are clients.max already");
    count(
        now.clientsClosedOverLimit - before.clientsClosedOverLimit,
        Kind.CLIENT,
        "clients closed: replies not taken, over clients.max-output-bytes");
    count(
        now.protocolErrors - before.protocolErrors,
        Kind.CLIENT,
        "requests that were no RESP, and their clients closed");
    count(
        now.backendReconnects - before.backendReconnects,
        Kind.BACKEND,
        "attempts to reconnect to the backend");
    count(
        now.foldsGivenUp - before.foldsGivenUp,
        Kind.COUNTER,
        "folds of split counters given up: the backend answered with an error");
    note(now.splits - before.splits, "counters were split");
    note(now.splitsFolded - before.splitsFolded, "split counters were folded");
  }

  private void note(long count, String what) {
    if (count > 0) {
      events.add(Kind.COUNTER, Severity.INFO, count + " " + what);
    }
  }

  private void count(long count, Kind kind, String what) {
    if (count > 0) {
      events.add(kind, Severity.WARNING, count + " " + what);
    }
  }
}
