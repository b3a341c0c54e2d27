package io.heatsink.benchmarks.load.generator;

import io.heatsink.benchmarks.load.traffic.Workload;
import java.util.List;

/** Each connection sends again as soon as it is answered. Confined to its event loop. */
final class ClosedPace implements Pace {

  private final List<Connection> connections;
  private final Workload workload;
  private final int batch;
  private final Span span;
  private int busy;

  ClosedPace(List<Connection> connections, Workload workload, int batch, Span span) {
    this.connections = connections;
    this.workload = workload;
    this.batch = batch;
    this.span = span;
  }

  @Override
  public void begin() {
    busy = connections.size();
    for (Connection connection : connections) {
      connection.send(workload, batch, System.nanoTime(), span);
    }
  }

  @Override
  public void free(Connection connection, long nowNanos) {
    if (span.isOver(nowNanos)) {
      busy--;
    } else {
      connection.send(workload, batch, nowNanos, span);
    }
  }

  @Override
  public boolean isDone() {
    return busy == 0;
  }
}
