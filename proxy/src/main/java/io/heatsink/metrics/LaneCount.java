package io.heatsink.metrics;

import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One of a lane's counters as others are told of it.
 *
 * @param name words parted by dots
 * @param help what it counts
 * @param isLevel whether it may fall
 * @param value of all lanes, or of one
 */
public record LaneCount(
    String name, String help, boolean isLevel, ToLongFunction<LaneStats> value) {

  private static final List<LaneCount> CLIENTS =
      List.of(
          level(
              "connected.clients",
              "Clients connected: near clients.max, raise it or look for a leak",
              s -> s.clients),
          count(
              "commands",
              "Commands taken from clients: what other rates are parts of",
              s -> s.commands),
          count(
              "reads",
              "Reads of one key taken from clients: hits and coalesced ones are parts of them",
              s -> s.reads),
          count(
              "client.received.bytes",
              "Bytes read from clients: many a command, see HEATSINK HOTKEYS for large values",
              s -> s.clientBytesIn),
          count(
              "client.sent.bytes",
              "Bytes written to clients: many a command, see HEATSINK HOTKEYS for large values",
              s -> s.clientBytesOut),
          count(
              "client.accepted",
              "Clients accepted: many a second mean clients without a pool",
              s -> s.clientsAccepted),
          count(
              "client.refused",
              "Clients turned away by clients.max: raise it, or look for a leak",
              s -> s.clientsRefused),
          count(
              "client.over.limit",
              "Clients closed over clients.max-output-bytes: they read too slowly",
              s -> s.clientsClosedOverLimit),
          count(
              "client.pauses",
              "Times a client was held back: too much unanswered, or the backend is slow",
              s -> s.clientsPaused),
          count(
              "protocol.errors",
              "Requests that were no RESP: something else connects here",
              s -> s.protocolErrors));

  private static final List<LaneCount> REMEDIES =
      List.of(
          count(
              "cache.hits",
              "Reads answered from the near cache: if few, ask HEATSINK POLICY key",
              s -> s.hits),
          count(
              "stale.served",
              "Of these hits, those with old answers (stale-if-error): the backend is away, look"
                  + " after it",
              s -> s.staleServed),
          count(
              "cache.misses",
              "Reads worth keeping that the near cache had not: see evictions, TTLs",
              s -> s.misses),
          count(
              "cache.fills",
              "Reads sent to fill the near cache: as many as hits, a rule with a longer ttl helps",
              s -> s.fills),
          count(
              "cache.fills.discarded",
              "Fills not stored: written meanwhile, too large (cache.max-item-bytes), or an error",
              s -> s.fillsDiscarded),
          count(
              "shadow.reads",
              "Hits that the backend was asked for too: cache.shadow-rate says how many are",
              s -> s.shadowReads),
          count(
              "stale.hits",
              "Shadow reads that were replied to otherwise: lower cache.ttl, or track",
              s -> s.staleHits),
          count(
              "coalesced",
              "Reads answered by another's flight: what a cold or slow backend is spared",
              s -> s.coalesced),
          count(
              "combined",
              "Increments that travelled with others: what a hot counter spares the backend",
              s -> s.combined));

  private static final List<LaneCount> SPLITTING =
      List.of(
          count(
              "split.increments",
              "Increments of split counters: none, see counters.split",
              s -> s.splitIncrements),
          level(
              "split.counters",
              "Counters that clients of a lane count on and that are split: HEATSINK FOLD ends it",
              s -> s.splitCounters),
          count(
              "splits",
              "Counters that were split from here: many a minute, see fold-after",
              s -> s.splits),
          count(
              "split.shards",
              "Shards that were made for them: each is a key in the backend until a fold",
              s -> s.shardsMade),
          count(
              "split.folds",
              "Counters put together again from here; many a minute: raise fold-after",
              s -> s.splitsFolded),
          count(
              "split.folded.seconds",
              "For how long those had been split, added up: seconds each, raise fold-after",
              s -> s.splitSecondsFolded),
          count(
              "split.folds.given.up",
              "Folds that ended with an error, and are begun again: look after the backend",
              s -> s.foldsGivenUp),
          count(
              "split.totals.kept",
              "Times that a counter's own key was brought up to date: total-every says how often",
              s -> s.totalsKept));

  private static final List<LaneCount> BACKEND =
      List.of(
          count(
              "backend.commands",
              "Commands sent to the backend: what is left to it of heatsink_commands_total",
              s -> s.backendCommands),
          count(
              "backend.errors",
              "Commands that got no reply from the backend: see the log and /ready",
              s -> s.backendErrors),
          count(
              "backend.redirects",
              "MOVED and ASK that were followed: many mean a resharding",
              s -> s.redirects),
          count(
              "backend.retries",
              "Commands that a node did not run and that waited: failover, resharding",
              s -> s.retries),
          count(
              "replica.reads",
              "Reads answered by a replica: none though a rule has replicas, see replica-max-lag",
              s -> s.replicaReads),
          count(
              "replica.fallbacks",
              "Reads that a replica did not answer and the primary was: they lag or fail",
              s -> s.replicaFallbacks),
          count(
              "backend.reconnects",
              "Attempts to reconnect: the backend or the way to it fails",
              s -> s.backendReconnects),
          count(
              "backend.received.bytes",
              "Bytes of replies: many a command, see HEATSINK HOTKEYS for large values",
              s -> s.backendBytesIn),
          count(
              "backend.sent.bytes",
              "Bytes of commands: many a command, see HEATSINK HOTKEYS for large values",
              s -> s.backendBytesOut),
          count(
              "invalidations",
              "Changes that the backend told of: as many as hits, these keys are not worth keeping",
              s -> s.invalidations),
          level(
              "backend.connections",
              "Connections open to the backend: of many most are pinned ones",
              s -> s.backendConnections),
          level(
              "backend.pinned",
              "Connections that one client has to itself: near backend.max-pinned, raise it",
              s -> s.pinned));

  private static final List<LaneCount> OBSERVING =
      List.of(
          count(
              "observed.commands",
              "Commands taken while mode is observe: what the next four are parts of",
              s -> s.observedCommands),
          count(
              "would.hit",
              "Of these, reads that the near cache would have answered: HEATSINK SUGGEST says how",
              s -> s.wouldHit),
          count(
              "would.fill",
              "Of these, reads that would have been sent to fill it: two commands more each",
              s -> s.wouldFill),
          count(
              "would.coalesce",
              "Of these, reads that another's flight would have answered: see SUGGEST",
              s -> s.wouldCoalesce),
          count(
              "would.combine",
              "Of these, increments that would have travelled with others: see SUGGEST",
              s -> s.wouldCombine));

  /** All of them, in the order in which HEATSINK STATS tells them. */
  public static final List<LaneCount> ALL =
      List.of(CLIENTS, REMEDIES, SPLITTING, BACKEND, OBSERVING).stream()
          .flatMap(List::stream)
          .toList();

  private static LaneCount count(String name, String help, ToLongFunction<LaneStats> value) {
    return new LaneCount(name, help, false, value);
  }

  private static LaneCount level(String name, String help, ToLongFunction<LaneStats> value) {
    return new LaneCount(name, help, true, value);
  }

  /** Its name as a field of INFO. */
  public String field() {
    return name.replace('.', '_');
  }
}
