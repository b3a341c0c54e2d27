package io.heatsink.session;

import io.heatsink.metrics.LaneStats;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Every client of Heatsink, on whichever lane. Thread-safe. */
public final class Clients {

  /** One lane's clients by their number. Confined to its event loop. */
  public static final class OfLane {
    private final EventLoop loop;
    private final Map<Long, Session> sessions = new LinkedHashMap<>();

    private final LaneStats stats;

    private OfLane(EventLoop loop, LaneStats stats) {
      this.loop = loop;
      this.stats = stats;
    }

    /** Runs a task on the lane's loop, after what it is at. */
    void run(Runnable task) {
      loop.execute(task);
    }

    LaneStats stats() {
      return stats;
    }

    void add(Session session) {
      sessions.put(session.id(), session);
      stats.clients++;
      stats.clientsAccepted++;
    }

    void remove(Session session) {
      sessions.remove(session.id());
      stats.clients--;
    }

    @Nullable Session find(long id) {
      return sessions.get(id);
    }

    /** A copy: who is asked may leave meanwhile. */
    Collection<Session> all() {
      return List.copyOf(sessions.values());
    }
  }

  private final List<OfLane> lanes = new CopyOnWriteArrayList<>();

  /** The clients of a lane that joins. */
  public OfLane join(EventLoop loop, LaneStats stats) {
    OfLane lane = new OfLane(loop, stats);
    lanes.add(lane);
    return lane;
  }

  /** Has every client leave, between two of its requests. */
  public void drain() {
    lanes.forEach(lane -> on(lane, () -> lane.all().forEach(Session::drain)));
  }

  /** Asks each lane on its loop, and then tells the lane that wanted to know, on its own. */
  <T> void ask(OfLane home, Function<OfLane, T> question, Consumer<List<T>> then) {
    List<T> answers = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger owed = new AtomicInteger(lanes.size());
    for (OfLane lane : lanes) {
      Runnable asked =
          () -> {
            answers.add(question.apply(lane));
            if (owed.decrementAndGet() == 0) {
              on(home, () -> then.accept(answers));
            }
          };
      on(lane, asked);
    }
  }

  /** At once where it can be. */
  private static void on(OfLane lane, Runnable task) {
    if (lane.loop.inEventLoop()) {
      task.run();
    } else {
      lane.loop.execute(task);
    }
  }

  /** Has the client of that number do something on its lane, if there is one. */
  <T> void askOne(OfLane home, long id, Consumer<Asked<T>> question, Consumer<@Nullable T> then) {
    AtomicInteger owed = new AtomicInteger(lanes.size());
    for (OfLane lane : lanes) {
      on(
          lane,
          () -> {
            Session found = lane.find(id);
            if (found != null) {
              question.accept(new Asked<>(found, answer -> on(home, () -> then.accept(answer))));
            } else if (owed.decrementAndGet() == 0) {
              on(home, () -> then.accept(null));
            }
          });
    }
  }

  /** A client that is asked something, and whom to tell. */
  record Asked<T>(Session session, Consumer<T> answer) {}
}
