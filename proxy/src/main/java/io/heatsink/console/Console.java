package io.heatsink.console;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.heatsink.admin.AdminSite;
import io.heatsink.console.SplitControl.Folded;
import io.heatsink.detect.HotKey;
import io.heatsink.detect.HotSet;
import io.heatsink.journal.Event.Kind;
import io.heatsink.journal.Event.Severity;
import io.heatsink.journal.EventLog;
import io.heatsink.journal.SlowLog;
import io.heatsink.policy.Glob;
import io.heatsink.policy.Level;
import io.heatsink.policy.Rule;
import io.heatsink.resp.KeyHash;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The page at {@code /} and the JSON under {@code /api/v1}. Confined to the admin server's thread;
 * however many look, lanes are asked once a second.
 */
public final class Console implements AdminSite {

  private static final String API = "/api/v1/";
  private static final String CONFIG = "/config";
  private static final String JSON = "application/json";

  /** A form that another site has a browser send cannot have it. */
  private static final String GUARD_HEADER = "x-heatsink";

  private static final int MOST_EVENTS = EventLog.MAX_EVENTS;
  private static final long RELOAD_SECONDS = 3;
  private static final long MAX_TTL_MILLIS = TimeUnit.DAYS.toMillis(1);

  /** A request that cannot be answered; its message says why. */
  private static final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final int status;

    Fault(int status, String message) {
      super(message, null, false, false);
      this.status = status;
    }
  }

  private final Observed observed;
  private final History history;
  private final AddedRules rules;
  private final SplitWatch splits;
  private final StateJson documents;
  private @Nullable String state;

  public Console(Observed observed) {
    this.observed = observed;
    this.history = new History(observed);
    this.rules = new AddedRules(observed);
    this.splits = new SplitWatch(observed);
    this.documents = new StateJson(observed);
  }

  /** Looks at everything; to be called every second. */
  public void look() {
    state = null;
    splits.look(!history.look().limits().splits().isEmpty());
  }

  @Override
  public @Nullable Page answer(Query query) {
    boolean isRead = query.method().equals("GET") || query.method().equals("HEAD");
    if (query.path().equals("/")) {
      return isRead ? PageSource.page() : null;
    }
    if (!query.path().startsWith(API) && !query.path().equals(CONFIG)) {
      return null;
    }
    try {
      boolean isConfig = query.path().equals(CONFIG);
      String name = isConfig ? "config" : query.path().substring(API.length());
      if (isRead) {
        return json(200, read(name, new QueryStringDecoder(query.parameters(), false)));
      }
      if (!query.method().equals("POST")) {
        throw new Fault(405, "GET, HEAD and POST only");
      }
      guard(query);
      return json(200, write(name, body(query.body())));
    } catch (Fault fault) {
      String text = String.valueOf(fault.getMessage());
      return json(fault.status, StateJson.object(json -> json.name("error").value(text)));
    }
  }

  private static Page json(int status, String text) {
    return new Page(status, JSON, text, Map.of());
  }

  /** Browsers of other sites cannot have this done. */
  private static void guard(Query query) {
    String site = query.header().apply("sec-fetch-site");
    boolean isOwn = site.isEmpty() || site.equals("same-origin");
    if (!isOwn || query.header().apply(GUARD_HEADER).isEmpty()) {
      throw new Fault(403, "send the header X-Heatsink: 1, from the same origin");
    }
  }

  private String read(String name, QueryStringDecoder query) {
    Moment moment = history.latest();
    return switch (name) {
      case "state" -> {
        String text = state;
        if (text == null) {
          text = documents.state(moment, rules.all(), splits.latest());
          state = text;
        }
        yield text;
      }
      case "history" ->
          StateJson.object(
              json -> {
                json.name("points").beginArray();
                for (Moment.Point point : history.since(number(query, "since", 0))) {
                  StateJson.point(json, point);
                }
                json.endArray();
              });
      case "stats" ->
          StateJson.object(
              json -> {
                documents.head(json, moment);
                documents.stats(json, moment);
              });
      case "hotkeys" -> StateJson.object(json -> documents.hotKeys(json, moment));
      case "events" -> {
        int most = (int) Math.min(MOST_EVENTS, number(query, "count", 100));
        yield StateJson.object(json -> StateJson.events(json, observed.events().latest(most)));
      }
      case "slowlog" -> {
        int most = (int) Math.min(SlowLog.MAX_REQUESTS, number(query, "count", 50));
        yield StateJson.object(json -> documents.slow(json, observed.slow().latest(most)));
      }
      case "suggest" -> StateJson.object(json -> documents.observing(json, moment));
      case "config" ->
          StateJson.object(json -> StateJson.settings(json, observed.settings().get()));
      case "rules" -> StateJson.object(json -> StateJson.rules(json, rules.all()));
      case "policy" -> policy(query, moment);
      default -> throw new Fault(404, "no such document; docs/operations-api.md lists them");
    };
  }

  private String policy(QueryStringDecoder query, Moment moment) {
    String text = parameter(query, "key");
    String base64 = parameter(query, "base64");
    byte[] key = base64.isEmpty() ? text.getBytes(StandardCharsets.UTF_8) : decode(base64);
    if (key.length == 0) {
      throw new Fault(400, "the key is missing: key=... or base64=...");
    }
    long hash = KeyHash.with(KeyHash.of(key), number(query, "database", 0));
    Rule rule = observed.policies().current().of(key);
    long age = observed.cache().ageNanos(hash, moment.nanos());
    HotSet hot = observed.hotKeys().current();
    return StateJson.object(
        json -> {
          StateJson.key(json, key, key.length);
          json.name("level").value(rule.level().toString());
          json.name("rule").value(rule.toString());
          json.name("ttlMillis").value(TimeUnit.NANOSECONDS.toMillis(rule.ttlNanos()));
          json.name("readHot").value(hot.isReadHot(hash));
          json.name("writeHot").value(hot.isWriteHot(hash));
          json.name("bigHot").value(hot.isBigHot(hash));
          json.name("kept").value(age >= 0);
        });
  }

  private String write(String name, JsonObject body) {
    switch (name) {
      case "reload" -> {
        return reload();
      }
      case "fold" -> {
        return fold(body);
      }
      case "flush" -> flush(body);
      case "rules" -> addRule(body);
      case "rules/remove" -> {
        if (!rules.remove((int) number(body, "number", 0))) {
          throw new Fault(404, "there is no such rule");
        }
      }
      default -> throw new Fault(404, "no such action: flush, fold, reload, rules, rules/remove");
    }
    state = null;
    return StateJson.object(json -> json.name("ok").value(true));
  }

  private String reload() {
    CompletableFuture<Map<String, List<String>>> outcome = new CompletableFuture<>();
    observed
        .reload()
        .accept(outcome::complete, fault -> outcome.completeExceptionally(new Fault(409, fault)));
    try {
      return StateJson.object(
          json -> {
            for (Map.Entry<String, List<String>> list :
                outcome.orTimeout(RELOAD_SECONDS, TimeUnit.SECONDS).join().entrySet()) {
              json.name(list.getKey()).beginArray();
              for (String line : list.getValue()) {
                json.value(line);
              }
              json.endArray();
            }
          });
    } catch (CompletionException e) {
      throw e.getCause() instanceof Fault fault ? fault : new Fault(503, "still reading it");
    }
  }

  private void flush(JsonObject body) {
    if (body.has("all") && body.get("all").isJsonPrimitive() && body.get("all").getAsBoolean()) {
      observed.writes().everythingChanged();
      observed.events().add(Kind.FLUSH, Severity.INFO, "everything flushed by an operator");
      return;
    }
    byte[] key = key(body);
    int database = (int) number(body, "database", 0);
    observed.writes().changed(hash(key, database));
    observed.events().add(Kind.FLUSH, Severity.INFO, "flushed by an operator", key);
  }

  private String fold(JsonObject body) {
    String pattern = text(body, "pattern");
    byte[] key = pattern.isEmpty() ? splitKey(body) : null;
    Glob glob = key == null ? new Glob(pattern) : Glob.exactly(key);
    Folded done = splits.fold((int) number(body, "database", -1), glob, key);
    state = null;
    if (done == null) {
      throw new Fault(503, "still folding: an event tells when it is done");
    }
    if (done.fault() != null) {
      throw new Fault(503, "nothing was folded: " + done.fault());
    }
    return StateJson.object(
        json -> json.name("folded").value(done.folded()).name("found").value(done.found()));
  }

  private byte[] splitKey(JsonObject body) {
    String hash = text(body, "hash");
    byte[] key = hash.isEmpty() ? key(body) : splits.key(hash);
    if (key == null) {
      throw new Fault(404, "no counter with this hash is split, as far as is known");
    }
    return key;
  }

  /** Of a long key the page knows the beginning only; which one it is, the hot set knows. */
  private long hash(byte[] key, int database) {
    for (HotKey hot : observed.hotKeys().current().keys()) {
      if (hot.isCut() && hot.database() == database && Arrays.equals(hot.key(), key)) {
        return hot.hash();
      }
    }
    return KeyHash.with(KeyHash.of(key), database);
  }

  private void addRule(JsonObject body) {
    String pattern = text(body, "pattern");
    Glob glob = pattern.isEmpty() ? Glob.exactly(key(body)) : new Glob(pattern);
    Level level =
        switch (text(body, "level")) {
          case "fresh" -> Level.FRESH;
          case "coalesced" -> Level.COALESCED;
          case "tracked" -> Level.TRACKED;
          case "ttl" -> Level.TTL;
          default -> throw new Fault(400, "the level is not fresh, coalesced, tracked or ttl");
        };
    long ttlMillis = number(body, "ttlMillis", 0);
    if (ttlMillis < 0 || ttlMillis > MAX_TTL_MILLIS || (ttlMillis > 0 && !level.keeps())) {
      throw new Fault(400, "ttlMillis is up to a day, and for tracked and ttl only");
    }
    if (rules.add(glob, level, TimeUnit.MILLISECONDS.toNanos(ttlMillis)) == null) {
      throw new Fault(409, "there are " + AddedRules.MAX_RULES + " added rules: take some back");
    }
  }

  private static byte[] key(JsonObject body) {
    String base64 = text(body, "base64");
    byte[] key =
        base64.isEmpty() ? text(body, "key").getBytes(StandardCharsets.UTF_8) : decode(base64);
    if (key.length == 0) {
      throw new Fault(400, "the key is missing: key or base64");
    }
    return key;
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new Fault(400, "base64 is none");
    }
  }

  private static JsonObject body(String text) {
    try {
      JsonElement parsed = JsonParser.parseString(text);
      if (parsed.isJsonObject()) {
        return parsed.getAsJsonObject();
      }
    } catch (JsonParseException e) {
      // Said below.
    }
    throw new Fault(400, "the body is no JSON object");
  }

  private static String text(JsonObject body, String name) {
    JsonElement value = body.get(name);
    return value == null || !value.isJsonPrimitive() ? "" : value.getAsString();
  }

  private static long number(JsonObject body, String name, long otherwise) {
    return number(text(body, name), name, otherwise);
  }

  private static String parameter(QueryStringDecoder query, String name) {
    return query.parameters().getOrDefault(name, List.of("")).get(0);
  }

  private static long number(QueryStringDecoder query, String name, long otherwise) {
    return number(parameter(query, name), name, otherwise);
  }

  private static long number(String text, String name, long otherwise) {
    if (text.isEmpty()) {
      return otherwise;
    }
    if (!text.toLowerCase(Locale.ROOT).matches("-?\\d{1,18}")) {
      throw new Fault(400, name + " is no whole number");
    }
    return Long.parseLong(text);
  }
}
