package io.heatsink.metrics;

import org.HdrHistogram.Histogram;

/**
 * One lane's counters since start. Confined to its event loop: readers take a {@link #copy} there.
 */
public final class LaneStats {

  /** Highest latency told apart; longer ones count as this. */
  private static final long MAX_LATENCY_MICROS = 60_000_000;

  public long commands;
  public long reads;
  public long hits;
  public long staleServed;
  public long misses;
  public long fills;
  public long fillsDiscarded;
  public long shadowReads;
  public long staleHits;
  public long coalesced;
  public long combined;
  public long splitIncrements;
  public long splits;
  public long shardsMade;
  public long splitsFolded;
  public long splitSecondsFolded;
  public long foldsGivenUp;
  public long totalsKept;
  public long splitCounters;
  public long backendCommands;
  public long backendErrors;
  public long backendConnections;
  public long backendReconnects;
  public long redirects;
  public long retries;
  public long replicaReads;
  public long replicaFallbacks;
  public long backendBytesIn;
  public long backendBytesOut;
  public long clients;
  public long clientsAccepted;
  public long clientsRefused;
  public long clientsClosedOverLimit;
  public long clientsPaused;
  public long clientBytesIn;
  public long clientBytesOut;
  public long protocolErrors;
  public long pinned;
  public long invalidations;
  public long observedCommands;
  public long wouldHit;
  public long wouldFill;
  public long wouldCoalesce;
  public long wouldCombine;

  private final Histogram latencyMicros;
  private final Histogram stalenessMicros;

  /** The latency recorded last and how often since: those of a batch are mostly equal. */
  private long runMicros = 1;

  private long runCount;

  public LaneStats() {
    this(new Histogram(MAX_LATENCY_MICROS, 2), new Histogram(2));
  }

  private LaneStats(Histogram latencyMicros, Histogram stalenessMicros) {
    this.latencyMicros = latencyMicros;
    this.stalenessMicros = stalenessMicros;
  }

  /** Counts {@code count} replies that took so long, from the read of the command. */
  public void recordLatency(long nanos, long count) {
    long micros = Math.min(Math.max(nanos / 1000, 1), MAX_LATENCY_MICROS);
    if (micros != runMicros) {
      endRun();
      runMicros = micros;
    }
    runCount += count;
  }

  private void endRun() {
    if (runCount > 0) {
      latencyMicros.recordValueWithCount(runMicros, runCount);
      runCount = 0;
    }
  }

  /** Notes how old an answer was that had been outdated. */
  public void recordStaleness(long nanos) {
    stalenessMicros.recordValue(nanos / 1000);
  }

  /** Ages of outdated answers in microseconds, of a copy. */
  public Histogram stalenessMicros() {
    return stalenessMicros;
  }

  /** Latencies in microseconds, of a copy. */
  public Histogram latencyMicros() {
    return latencyMicros;
  }

  /** A copy that no lane writes to. */
  public LaneStats copy() {
    endRun();
    LaneStats copy = new LaneStats(latencyMicros.copy(), stalenessMicros.copy());
    copy.addCounters(this);
    return copy;
  }

  /** Adds another lane's copy to this copy. */
  public void add(LaneStats other) {
    latencyMicros.add(other.latencyMicros);
    stalenessMicros.add(other.stalenessMicros);
    addCounters(other);
  }

  private void addCounters(LaneStats other) {
    commands += other.commands;
    reads += other.reads;
    hits += other.hits;
    staleServed += other.staleServed;
    misses += other.misses;
    fills += other.fills;
    fillsDiscarded += other.fillsDiscarded;
    shadowReads += other.shadowReads;
    staleHits += other.staleHits;
    coalesced += other.coalesced;
    combined += other.combined;
    backendCommands += other.backendCommands;
    backendErrors += other.backendErrors;
    backendConnections += other.backendConnections;
    backendReconnects += other.backendReconnects;
    redirects += other.redirects;
    retries += other.retries;
    replicaReads += other.replicaReads;
    replicaFallbacks += other.replicaFallbacks;
    backendBytesIn += other.backendBytesIn;
    backendBytesOut += other.backendBytesOut;
    invalidations += other.invalidations;
    addSplits(other);
    addClients(other);
    addRehearsed(other);
  }

  private void addSplits(LaneStats other) {
    splitIncrements += other.splitIncrements;
    splits += other.splits;
    shardsMade += other.shardsMade;
    splitsFolded += other.splitsFolded;
    splitSecondsFolded += other.splitSecondsFolded;
    foldsGivenUp += other.foldsGivenUp;
    totalsKept += other.totalsKept;
    splitCounters += other.splitCounters;
  }

  private void addRehearsed(LaneStats other) {
    observedCommands += other.observedCommands;
    wouldHit += other.wouldHit;
    wouldFill += other.wouldFill;
    wouldCoalesce += other.wouldCoalesce;
    wouldCombine += other.wouldCombine;
  }

  private void addClients(LaneStats other) {
    clients += other.clients;
    clientsAccepted += other.clientsAccepted;
    clientsRefused += other.clientsRefused;
    clientsClosedOverLimit += other.clientsClosedOverLimit;
    clientsPaused += other.clientsPaused;
    clientBytesIn += other.clientBytesIn;
    clientBytesOut += other.clientBytesOut;
    protocolErrors += other.protocolErrors;
    pinned += other.pinned;
  }
}
