package io.heatsink.console;

import com.google.gson.stream.JsonWriter;
import io.heatsink.admin.KeyName;
import io.heatsink.advice.Savings;
import io.heatsink.console.Moment.Point;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.counter.split.Listed;
import io.heatsink.detect.HotKey;
import io.heatsink.journal.Event;
import io.heatsink.journal.SlowRequest;
import io.heatsink.journal.SlowRequest.Spent;
import io.heatsink.metrics.LaneCount;
import io.heatsink.metrics.LaneStats;
import io.heatsink.policy.Rule;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The documents of {@code /api/v1}; {@code docs/operations-api.md} explains each field. */
final class StateJson {

  /** Of a key so many bytes are shown; more say nothing to who reads. */
  private static final int SHOWN_BYTES = 256;

  static final int SHOWN_SHARDS = 64;
  private static final int SHOWN_EVENTS = 100;
  private static final int SHOWN_SLOW = 50;

  private final Observed observed;

  StateJson(Observed observed) {
    this.observed = observed;
  }

  /** What writes a document, or a part of one. */
  interface Body {
    void writeTo(JsonWriter json) throws IOException;
  }

  static String object(Body body) {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      body.writeTo(json);
      json.endObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.append('\n').toString();
  }

  /** Everything at one moment. */
  String state(Moment moment, List<Rule> rules, List<Listed> splits) {
    return object(
        json -> {
          head(json, moment);
          stats(json, moment);
          observing(json, moment);
          hotKeys(json, moment);
          counters(json, moment);
          SplitJson.write(json, moment, splits);
          Nodes.write(json, moment.backend(), observed.nodes().get());
          connections(json, moment);
          memory(json, moment);
          rules(json, rules);
          events(json, observed.events().latest(SHOWN_EVENTS));
          slow(json, observed.slow().latest(SHOWN_SLOW));
        });
  }

  void head(JsonWriter json, Moment moment) throws IOException {
    json.name("version").value(observed.version());
    json.name("atMillis").value(System.currentTimeMillis());
    long age = System.nanoTime() - observed.bornNanos();
    json.name("uptimeSeconds").value(TimeUnit.NANOSECONDS.toSeconds(age));
    json.name("ready").value(moment.backend().isReachable());
    json.name("reason").value(moment.backend().detail());
    json.name("tracking").value(observed.tracking().toString());
    json.name("trackedConnections").value(observed.tracking().connections());
    json.name("lanes").value(moment.limits().lanes());
  }

  /** Whether Heatsink only observes, and what its work would have saved. */
  void observing(JsonWriter json, Moment moment) throws IOException {
    Savings savings = Savings.of(moment.lanes().stats());
    json.name("mode").value(observed.policies().rehearsed() == null ? "active" : "observe");
    json.name("would").beginObject();
    json.name("commands").value(savings.commands());
    json.name("hits").value(savings.hits());
    json.name("fills").value(savings.fills());
    json.name("coalesced").value(savings.coalesced());
    json.name("combined").value(savings.combined());
    json.name("savedRatio").value(finite(savings.ratio()));
    json.endObject();
    json.name("suggestion").value(observed.advisor().settings(savings));
  }

  void stats(JsonWriter json, Moment moment) throws IOException {
    json.name("now");
    point(json, moment.point());
    LaneStats stats = moment.lanes().stats();
    json.name("totals").beginObject();
    for (LaneCount count : LaneCount.ALL) {
      json.name(count.field()).value(count.value().applyAsLong(stats));
    }
    json.endObject();
    double saved =
        stats.commands == 0 ? 0 : Math.max(0, 1 - (double) stats.backendCommands / stats.commands);
    json.name("sinceStart").beginObject();
    json.name("hitRatio").value(ratio(stats.hits, stats.reads));
    json.name("savedRatio").value(finite(saved));
    json.name("latencyMicros").beginObject();
    for (double percentile : new double[] {50, 90, 99, 99.9, 100}) {
      String name = percentile == 99.9 ? "p999" : "p" + (int) percentile;
      json.name(name).value(stats.latencyMicros().getValueAtPercentile(percentile));
    }
    json.endObject().endObject();
  }

  static void point(JsonWriter json, Point point) throws IOException {
    json.beginObject();
    json.name("atMillis").value(point.atMillis());
    json.name("commands").value(finite(point.commands()));
    json.name("reads").value(finite(point.reads()));
    json.name("hits").value(finite(point.hits()));
    json.name("coalesced").value(finite(point.coalesced()));
    json.name("backend").value(finite(point.backend()));
    json.name("errors").value(finite(point.errors()));
    json.name("hitRatio").value(finite(point.hitRatio()));
    json.name("savedRatio").value(finite(point.saved()));
    json.name("p50Micros").value(point.p50());
    json.name("p99Micros").value(point.p99());
    json.name("p999Micros").value(point.p999());
    json.endObject();
  }

  void hotKeys(JsonWriter json, Moment moment) throws IOException {
    json.name("hotKeys").beginArray();
    for (HotKey key : moment.keys()) {
      json.beginObject();
      key(json, key.key(), key.length());
      json.name("database").value(key.database());
      json.name("heat").beginArray();
      for (String one : key.heat()) {
        json.value(one);
      }
      json.endArray();
      json.name("rate").value(finite(key.commandsPerSecond()));
      json.name("readsPerSecond").value(finite(key.readsPerSecond()));
      json.name("writesPerSecond").value(finite(key.writesPerSecond()));
      json.name("error").value(finite(key.error()));
      json.name("share").value(finite(key.share()));
      json.name("bytesPerSecond").value(Math.round(key.bytesPerSecond()));
      json.name("byteShare").value(ratio(Math.round(key.bytesPerSecond()), moment.bytes()));
      long age = TimeUnit.NANOSECONDS.toMillis(moment.nanos() - key.sinceNanos());
      json.name("sinceMillis").value(System.currentTimeMillis() - Math.max(0, age));
      remedy(json, Remedy.of(key, observed, moment));
      json.endObject();
    }
    json.endArray();
  }

  private static void remedy(JsonWriter json, Remedy remedy) throws IOException {
    Rule rule = remedy.rule();
    json.name("remedy").value(remedy.names());
    json.name("why").value(remedy.why());
    json.name("level").value(rule == null ? null : rule.level().toString());
    json.name("rule").value(rule == null ? null : rule.toString());
    long reads = remedy.counts().reads();
    long writes = remedy.counts().writes();
    json.name("hitRatio");
    orNull(json, reads == 0 ? null : ratio(remedy.counts().hits(), reads));
    json.name("combinedRatio");
    orNull(json, writes == 0 ? null : ratio(remedy.counts().combined(), writes));
    json.name("keptMillis");
    boolean isKept = remedy.ageNanos() >= 0;
    orNull(json, isKept ? (double) TimeUnit.NANOSECONDS.toMillis(remedy.ageNanos()) : null);
  }

  private static void orNull(JsonWriter json, @Nullable Double value) throws IOException {
    if (value == null) {
      json.nullValue();
    } else {
      json.value(value);
    }
  }

  /** A key as text that is safe to show, and its bytes. */
  static void key(JsonWriter json, byte[] bytes, int length) throws IOException {
    byte[] shown = bytes.length > SHOWN_BYTES ? java.util.Arrays.copyOf(bytes, SHOWN_BYTES) : bytes;
    KeyName name = KeyName.of(shown);
    json.name("key").value(name.text());
    json.name("base64").value(name.base64());
    json.name("length").value(length);
    json.name("cut").value(shown.length < length);
  }

  private void counters(JsonWriter json, Moment moment) throws IOException {
    json.name("counters").beginArray();
    for (SplitPolicy policy : moment.limits().splits()) {
      json.beginObject();
      json.name("pattern").value(policy.pattern());
      json.name("shards").value(policy.shards());
      json.name("name").value(policy.name());
      json.name("hot").beginArray();
      for (HotKey key : moment.keys()) {
        if (policy.equals(Remedy.split(key, moment.limits()))) {
          json.beginObject();
          key(json, key.key(), key.length());
          json.name("writesPerSecond").value(finite(key.writesPerSecond()));
          json.name("shardKeys").beginArray();
          for (int i = 0; i < Math.min(policy.shards(), SHOWN_SHARDS); i++) {
            json.value(KeyName.of(policy.shard(key.key(), i)).text());
          }
          json.endArray().endObject();
        }
      }
      json.endArray().endObject();
    }
    json.endArray();
  }

  private static void connections(JsonWriter json, Moment moment) throws IOException {
    LaneStats stats = moment.lanes().stats();
    Limits limits = moment.limits();
    json.name("connections").beginObject();
    json.name("clients").value(stats.clients).name("clientsMax").value(limits.clients());
    json.name("pinned").value(stats.pinned).name("pinnedMax").value(limits.pinned());
    json.name("backend").value(stats.backendConnections);
    json.name("accepted").value(stats.clientsAccepted);
    json.name("refused").value(stats.clientsRefused);
    json.name("overLimit").value(stats.clientsClosedOverLimit);
    json.name("paused").value(stats.clientsPaused);
    json.name("reconnects").value(stats.backendReconnects);
    json.endObject();
  }

  private void memory(JsonWriter json, Moment moment) throws IOException {
    Runtime jvm = Runtime.getRuntime();
    json.name("memory").beginArray();
    use(json, "Near cache", observed.cache().weightBytes(), moment.limits().cacheBytes(), "bytes");
    use(json, "Heap", jvm.totalMemory() - jvm.freeMemory(), jvm.maxMemory(), "bytes");
    use(
        json,
        "Direct buffers",
        Math.max(0, PlatformDependent.usedDirectMemory()),
        PlatformDependent.maxDirectMemory(),
        "bytes");
    Limits limits = moment.limits();
    long pending = limits.pending() * limits.lanes();
    use(json, "Commands under way", moment.lanes().underWay(), pending, "commands");
    json.endArray();
  }

  private static void use(JsonWriter json, String name, long used, long max, String unit)
      throws IOException {
    json.beginObject().name("name").value(name).name("used").value(used);
    json.name("max").value(max).name("unit").value(unit).endObject();
  }

  static void settings(JsonWriter json, List<Configured> settings) throws IOException {
    json.name("settings").beginArray();
    for (Configured setting : settings) {
      json.beginObject().name("key").value(setting.key()).name("value").value(setting.value());
      json.name("origin").value(setting.origin());
      json.name("change").value(setting.isLive() ? "reload" : "restart").endObject();
    }
    json.endArray();
  }

  static void rules(JsonWriter json, List<Rule> rules) throws IOException {
    json.name("rules").beginArray();
    for (Rule rule : rules) {
      json.beginObject().name("number").value(rule.number());
      json.name("pattern").value(rule.glob().toString());
      json.name("level").value(rule.level().toString());
      json.name("ttlMillis").value(TimeUnit.NANOSECONDS.toMillis(rule.ttlNanos())).endObject();
    }
    json.endArray();
  }

  static void events(JsonWriter json, List<Event> events) throws IOException {
    json.name("events").beginArray();
    for (Event event : events) {
      json.beginObject().name("number").value(event.number());
      json.name("atMillis").value(event.atMillis());
      json.name("kind").value(event.kind().toString());
      json.name("severity").value(event.severity().toString());
      json.name("text").value(event.text());
      byte[] key = event.key();
      if (key != null) {
        key(json, key, key.length);
      }
      json.endObject();
    }
    json.endArray();
  }

  void slow(JsonWriter json, List<SlowRequest> requests) throws IOException {
    long threshold = observed.limits().get().slowNanos();
    json.name("slowThresholdMicros").value(threshold / 1_000);
    json.name("slowCount").value(observed.slow().size());
    json.name("slow").beginArray();
    for (SlowRequest request : requests) {
      Spent spent = request.spent();
      json.beginObject().name("number").value(request.number());
      json.name("atMillis").value(request.atMillis());
      json.name("command").value(request.command());
      key(json, request.key(), request.keyLength());
      json.name("client").value(request.client());
      json.name("totalMicros").value(spent.total() / 1_000);
      json.name("waitingMicros").value(spent.waiting() / 1_000);
      json.name("pipeMicros").value(spent.pipe() / 1_000);
      json.name("backendMicros").value(spent.backend() / 1_000);
      json.name("orderingMicros").value(spent.ordering() / 1_000);
      json.endObject();
    }
    json.endArray();
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : finite(Math.min(1, (double) part / whole));
  }

  private static double finite(double value) {
    return Double.isFinite(value) ? Math.rint(value * 1e4) / 1e4 : 0;
  }
}
