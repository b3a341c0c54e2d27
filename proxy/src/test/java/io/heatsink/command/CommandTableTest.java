package io.heatsink.command;

import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.CommandSpec.Touches;
import io.heatsink.resp.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names, keys and what is touched. */
class CommandTableTest {

  private static final long SEED = 20261122;

  private final CommandTable table = CommandTable.shipped();
  private final KeyPositions keys = new KeyPositions();

  private CommandSpec find(String line) {
    return table.find(request(line.split(" ", -1)));
  }

  private static List<String> keys(CommandSpec spec, Request request, KeyPositions keys) {
    assertThat(spec.keys(request, keys)).as("%s: known", spec).isTrue();
    List<String> found = new ArrayList<>();
    for (int i = 0; i < keys.count(); i++) {
      found.add(request.text(keys.get(i)));
    }
    return found;
  }

  @Test
  void findsEveryNameInAnyCase() {
    SplittableRandom random = new SplittableRandom(SEED);
    assertThat(table.size()).isGreaterThan(200);
    for (CommandSpec spec : table.specs()) {
      assertThat(find(spec.name())).isSameAs(spec);
      assertThat(find(spec.name().toUpperCase(Locale.ROOT))).isSameAs(spec);
      StringBuilder mixed = new StringBuilder();
      for (char c : spec.name().toCharArray()) {
        mixed.append(random.nextBoolean() ? Character.toUpperCase(c) : c);
      }
      assertThat(find(mixed.toString())).as("seed %d", SEED).isSameAs(spec);
      for (CommandSpec sub : spec.subcommands()) {
        String[] words = sub.name().split("\\|", -1);
        assertThat(find(words[0] + " " + words[1])).isSameAs(sub);
        assertThat(find(words[0] + " " + words[1].toUpperCase(Locale.ROOT) + " x")).isSameAs(sub);
        assertThat(find(words[0] + " no-such-thing")).isSameAs(spec);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "ge",
        "gett",
        "get\0",
        "zunionstor",
        "zunionstoree",
        "zunionxtore",
        "georadius_",
        "expiretim",
        "expiretimes",
        "a",
        "json.get",
        "\u00e7\u00e7\u00e7",
        "config|get",
        "aaaaaaaabbbbbbbbccccccccdddddddde"
      })
  void unknownNames(String name) {
    CommandSpec spec = table.find(request(name, "get"));
    assertThat(spec).isSameAs(CommandSpec.UNKNOWN);
    assertThat(spec.touches(request(name, "get"), keys)).isEqualTo(Touches.EVERYTHING);
    assertThat(spec.accepts(request(name))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"expire", "getrange", "setrange", "zrevrange", "expiretime", "zpopmax"})
  void namesAroundEightBytes(String name) {
    assertThat(find(name).name()).isEqualTo(name);
    assertThat(find(name + "x")).isSameAs(CommandSpec.UNKNOWN);
    assertThat(find(name.substring(1))).isSameAs(CommandSpec.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({
    "GET k, k",
    "MGET a b c, a b c",
    "SET k v, k",
    "MSET a 1 b 2 c 3, a b c",
    "MSETNX a 1, a",
    "DEL a b, a b",
    "PING, ''",
    "EVAL s 2 a b c, a b",
    "EVAL s 0 a, ''",
    "EVALSHA s 1 a b, a",
    "FCALL f 1 a b, a",
    "ZUNIONSTORE d 2 a b WEIGHTS 1 2, d a b",
    "ZINTER 2 a b WITHSCORES, a b",
    "ZDIFFSTORE d 1 a, d a",
    "SINTERSTORE d a b, d a b",
    "BITOP AND d a b, d a b",
    "COPY a b, a b",
    "RENAME a b, a b",
    "LMPOP 2 a b LEFT, a b",
    "BLMPOP 0 2 a b LEFT COUNT 3, a b",
    "SINTERCARD 2 a b LIMIT 1, a b",
    "BLPOP a b 0, a b",
    "BRPOPLPUSH a b 0, a b",
    "XREAD COUNT 2 STREAMS a b 0 0, a b",
    "XREADGROUP GROUP g c COUNT 1 STREAMS a b > >, a b",
    "XREADGROUP GROUP streams c STREAMS a >, a",
    "XADD s * f v, s",
    "OBJECT ENCODING k, k",
    "MEMORY USAGE k, k",
    "XINFO STREAM s, s",
    "XGROUP CREATE s g $, s",
    "PFMERGE d a b, d a b",
    "PFCOUNT a b, a b",
    "GEOSEARCHSTORE d s FROMMEMBER m BYRADIUS 1 m, d s",
    "GEORADIUS g 1 2 3 m STORE d, g d",
    "GEORADIUS g 1 2 3 m ASC STOREDIST d, g d",
    "GEORADIUSBYMEMBER g m 3 m STORE d, g d",
    "GEORADIUSBYMEMBER g m 3 m, g",
    "SMOVE a b m, a b",
    "LMOVE a b LEFT RIGHT, a b",
    "LCS a b, a b",
    "TOUCH a b, a b",
    "WATCH a b, a b",
    "CONFIG GET x, ''",
    "PUBLISH c m, ''"
  })
  void keysOfRealRequests(String line, String expected) {
    Request request = request(line.split(" ", -1));
    CommandSpec spec = table.find(request);
    List<String> wanted = expected.isEmpty() ? List.of() : List.of(expected.split(" ", -1));
    assertThat(keys(spec, request, keys)).as(line).containsExactlyInAnyOrderElementsOf(wanted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ZUNIONSTORE d", "ZUNIONSTORE d x a", "ZUNIONSTORE d 99 a b", "EVAL s -1 a", "EVAL s",
        "LMPOP 9223372036854775807 a", "XREAD STREAMS", "XREAD COUNT 1", "BITOP AND", "MSET a",
        "GEORADIUS g", "OBJECT ENCODING", "EVAL s 99999999999999999999 a"
      })
  void malformedRequestsDoNoHarm(String line) {
    Request request = request(line.split(" ", -1));
    table.find(request).keys(request, keys);
    for (int i = 0; i < keys.count(); i++) {
      assertThat(keys.get(i)).isBetween(1, request.argc() - 1);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET k, NOTHING",
    "SET k v, KEYS",
    "MSET a 1 b 2, KEYS",
    "EVAL s 1 k, EVERYTHING",
    "EVALSHA s 1 k, EVERYTHING",
    "FCALL f 1 k, EVERYTHING",
    "EVAL_RO s 1 k, NOTHING",
    "FLUSHALL, EVERYTHING",
    "FLUSHDB, EVERYTHING",
    "SWAPDB 0 1, EVERYTHING",
    "MOVE k 1, EVERYTHING",
    "COPY a b, KEYS",
    "COPY a b REPLACE, KEYS",
    "COPY a b DB 2, EVERYTHING",
    "COPY a b db 2, EVERYTHING",
    "SORT k, NOTHING",
    "SORT k LIMIT 0 5 ALPHA, NOTHING",
    "SORT k store d, EVERYTHING",
    "SORT_RO k, NOTHING",
    "MIGRATE h 1 k 0 5, EVERYTHING",
    "MIGRATE h 1 '' 0 5 KEYS a b, EVERYTHING",
    "RESTORE k 0 x, KEYS",
    "GEORADIUS g 1 2 3 m, KEYS",
    "OBJECT ENCODING k, NOTHING",
    "XREADGROUP GROUP g c STREAMS a >, KEYS",
    "LMPOP 1 a LEFT, KEYS",
    "GETEX k EX 1, KEYS",
    "EXPIRE k 1, KEYS",
    "PING, NOTHING",
    "JSON.SET k . 1, EVERYTHING"
  })
  void touches(String line, Touches expected) {
    Request request = request(line.split(" ", -1));
    assertThat(table.find(request).touches(request, keys)).as(line).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "GET, GET",
    "MGET, MGET",
    "INCR, COUNTER",
    "DECRBY, COUNTER",
    "HGET, READ",
    "TTL, READ",
    "STRLEN, READ",
    "ZRANGE, READ",
    "HGETALL, READ",
    "SET, FORWARD",
    "SRANDMEMBER, FORWARD",
    "HSCAN, FORWARD",
    "TOUCH, FORWARD",
    "EXISTS, READ",
    "MULTI, MULTI",
    "BLPOP, BLOCKING",
    "XREAD, MAYBE_BLOCKING",
    "SUBSCRIBE, SUBSCRIBE",
    "HELLO, HELLO",
    "POST, INTRUDER",
    "PSYNC, REPLICATION",
    "OBJECT, FORWARD",
    "PFCOUNT, FORWARD",
    "EVAL_RO, SCRIPT"
  })
  void handling(String name, Handling expected) {
    assertThat(find(name).handling()).as(name).isEqualTo(expected);
  }

  @Test
  void onlyReadsOfOneKeyThatTellOfNothingElseMayBeKept() {
    for (String read : new String[] {"GET", "EXISTS", "HGETALL", "ZSCORE", "LRANGE", "XRANGE"}) {
      assertThat(find(read).mayKeep(request(read, "k"))).as(read).isTrue();
    }
    assertThat(find("EXISTS").mayKeep(request("EXISTS", "k", "j"))).isFalse();
    for (String other :
        new String[] {
          "TTL", "DUMP", "SET", "SRANDMEMBER", "SSCAN", "XPENDING", "PFCOUNT", "MGET"
        }) {
      assertThat(find(other).mayKeep(request(other, "k"))).as(other).isFalse();
    }
  }

  @Test
  void arity() {
    assertThat(find("GET").accepts(request("GET", "k"))).isTrue();
    assertThat(find("GET").accepts(request("GET"))).isFalse();
    assertThat(find("GET").accepts(request("GET", "k", "l"))).isFalse();
    assertThat(find("MGET").accepts(request("MGET"))).isFalse();
    assertThat(find("MGET").accepts(request("MGET", "k", "l"))).isTrue();
    assertThat(find("OBJECT ENCODING").accepts(request("OBJECT", "ENCODING", "k"))).isTrue();
  }

  private static List<Object> row(String name, long arity, List<String> flags, long... keys) {
    return List.of(name, arity, flags, keys[0], keys[1], keys[2], List.of("@all"));
  }

  /** Before 7.0 a row ends with the categories: no key specifications, no subcommands. */
  @Test
  void anOldBackendsReplyIsCompleted() {
    CommandTable old =
        CommandTable.ofReply(
            List.of(
                row("get", 2, List.of("readonly", "fast"), 1, 1, 1),
                row("mset", -3, List.of("write", "denyoom"), 1, -1, 2),
                row("eval", -3, List.of("noscript", "movablekeys"), 0, 0, 0),
                row("zunionstore", -4, List.of("write", "denyoom", "movablekeys"), 1, 1, 1),
                row("object", -2, List.of("readonly", "random"), 2, 2, 1),
                row("MOD.GET", 2, List.of("readonly"), 1, 1, 1),
                row("mod.debug", -2, List.of("readonly"), 2, 2, 1),
                row("mod.store", -2, List.of("write", "movablekeys"), 1, 1, 1),
                row("mod.flush", 1, List.of("write"), 0, 0, 0)));
    assertThat(old.knows("get")).isTrue();
    // Treated in a way of its own, so it has a place in every table.
    assertThat(old.knows("waitaof")).isFalse();
    assertThat(old.knows("wait")).isFalse();
    assertThat(old.isTold()).isTrue();
    assertThat(CommandTable.shipped().isTold()).isFalse();
    assertKeys(old, "MSET a 1 b 2", "a", "b");
    assertKeys(old, "EVAL s 2 a b c", "a", "b");
    assertKeys(old, "ZUNIONSTORE d 2 a b", "d", "a", "b");
    assertKeys(old, "OBJECT ENCODING k", "k");
    assertKeys(old, "mod.get k", "k");
    assertKeys(old, "mod.debug memory k", "k");
    assertThat(spec(old, "GET k").handling()).isEqualTo(Handling.GET);
    assertThat(spec(old, "MOD.GET k").handling()).isEqualTo(Handling.READ);
    assertThat(spec(old, "mod.debug memory k").handling())
        .as("its key is not its second word")
        .isEqualTo(Handling.FORWARD);
    assertThat(spec(old, "LPUSH k v")).as("not in the reply").isSameAs(CommandSpec.UNKNOWN);
    assertThat(spec(old, "MULTI").handling()).isEqualTo(Handling.MULTI);
    assertTouches(old, "mod.store k", Touches.EVERYTHING);
    assertTouches(old, "mod.flush", Touches.EVERYTHING);
    assertTouches(old, "mod.get k", Touches.NOTHING);
  }

  private static CommandSpec spec(CommandTable of, String line) {
    return of.find(request(line.split(" ", -1)));
  }

  private void assertKeys(CommandTable of, String line, String... expected) {
    Request request = request(line.split(" ", -1));
    assertThat(keys(of.find(request), request, keys)).as(line).containsExactlyInAnyOrder(expected);
  }

  private void assertTouches(CommandTable of, String line, Touches expected) {
    assertThat(spec(of, line).touches(request(line.split(" ", -1)), keys)).isEqualTo(expected);
  }

  /** Since 7.0 a row names its key specifications and its subcommands. */
  @Test
  void aBackendsOwnSpecificationsCount() {
    List<Object> index = List.of("type", "index", "spec", List.of("index", 1L));
    List<Object> word =
        List.of("type", "keyword", "spec", List.of("keyword", "INTO", "startfrom", 2L));
    List<Object> one =
        List.of("type", "range", "spec", List.of("lastkey", 0L, "keystep", 1L, "limit", 0L));
    List<Object> counted =
        List.of("type", "keynum", "spec", List.of("keynumidx", 0L, "firstkey", 1L, "keystep", 1L));
    List<Object> specs =
        List.of(
            List.of("flags", List.of("RW"), "begin_search", index, "find_keys", one),
            List.of("flags", List.of("OW"), "begin_search", word, "find_keys", counted),
            List.of("flags", List.of("not_key"), "begin_search", index, "find_keys", one));
    List<Object> sub =
        List.of(
            "mod.x|info",
            3L,
            List.of("readonly"),
            0L,
            0L,
            0L,
            List.of(),
            List.of(),
            List.of(),
            List.of());
    List<Object> row =
        List.of(
            "mod.x",
            -2L,
            List.of("write", "movablekeys"),
            1L,
            1L,
            1L,
            List.of(),
            List.of(),
            specs,
            List.of(sub));
    CommandTable own = CommandTable.ofReply(List.of(row));
    assertKeys(own, "MOD.X k a into 2 p q r", "k", "p", "q");
    assertKeys(own, "MOD.X k", "k");
    assertThat(spec(own, "MOD.X INFO x").name()).isEqualTo("mod.x|info");
    assertTouches(own, "MOD.X k", Touches.KEYS);
    assertTouches(own, "MOD.X INFO x", Touches.NOTHING);
  }
}
