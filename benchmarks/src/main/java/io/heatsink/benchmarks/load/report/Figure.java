package io.heatsink.benchmarks.load.report;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is measured in a run; its name in lower case is a column of the samples' file. */
public enum Figure {
  /** Commands of clients that read. */
  READS,
  /** Commands of clients that write. */
  WRITES,
  /** Commands answered a second. */
  PER_SECOND,
  /** Commands a second that an open loop meant to send; a closed one has none. */
  TARGET,
  /** Latencies in milliseconds. */
  P50_MS(50),
  P75_MS(75),
  P90_MS(90),
  P95_MS(95),
  P99_MS(99),
  P99_5_MS(99.5),
  P99_9_MS(99.9),
  P99_95_MS(99.95),
  P99_99_MS(99.99),
  MAX_MS(100),
  /** How late the generator itself sent, 99th percentile. */
  LATE_MS,
  /** CPU a command, which is also seconds a million commands. */
  PROXY_US,
  BACKEND_US,
  GENERATOR_US,
  /** Resident memory of the proxy, or of the backend where there is none. */
  RSS_MB,
  /** Commands that the backend executed for each command of a client. */
  BACKEND_COMMANDS,
  /** Part of the clients' reads that the backend did not see. */
  ABSORBED,
  /** The same by exact knowledge of what is hot. */
  ABSORBABLE,
  /** Reads of a flash crowd's key that the backend saw a second, once it was to be found. */
  CROWD_READS,
  /** Part of this machine's CPU that went to none of the processes measured. */
  OTHERS,
  /** From the start of the process to its first PONG. */
  START_MS,
  /** Resident memory of a process that has served little. */
  IDLE_MB,
  /** How much more with 1,000 connections that have each asked once. */
  CONNECTIONS_MB,
  /** Resident memory at its highest, under load. */
  LOADED_MB;

  private final double percentile;

  Figure() {
    this(Double.NaN);
  }

  Figure(double percentile) {
    this.percentile = percentile;
  }

  /** Which percentile of the latencies it is; NaN where it is none. */
  public double percentile() {
    return percentile;
  }

  /** The latencies, lowest percentile first. */
  public static List<Figure> latencies() {
    return Arrays.stream(values()).filter(figure -> !Double.isNaN(figure.percentile)).toList();
  }

  /** Its column. */
  String column() {
    return name().toLowerCase(Locale.ROOT);
  }
}
