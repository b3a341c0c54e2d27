package io.heatsink.benchmarks.load.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.resp.RespLimits;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class WorkloadsTest {

  private static final int KEYS = 1_000;
  private static final int COMMANDS = 100_000;
  private static final long LENGTH = 10 * Workloads.MOVE_NANOS;

  @Test
  void zipfFollowsTheTheory() {
    Map<String, Integer> counts = count(asked("zipf-0.99-p1", 0), words -> words.get(1));
    KeySpace space = KeySpace.of(100, KEYS);
    double[] shares = Popularity.zipf(KEYS, 0.99);
    for (int rank : new int[] {0, 1, 2, 9, 99}) {
      double expected = shares[rank] * COMMANDS;
      assertThat((double) counts.getOrDefault(space.name(space.key(rank)), 0))
          .as("rank %d", rank)
          .isCloseTo(expected, within(5 * Math.sqrt(expected)));
    }
    assertThat(shares[0] / shares[9]).isCloseTo(Math.pow(10, 0.99), within(1e-9));
  }

  @Test
  void theAliasTableHasTheWeightsItWasGiven() {
    AliasTable table = new AliasTable(new double[] {0, 1, 6, 0.5, 2.5});
    SplittableRandom random = new SplittableRandom(1);
    int[] drawn = new int[5];
    for (int i = 0; i < COMMANDS; i++) {
      drawn[table.draw(random)]++;
    }
    assertThat(drawn[0]).isZero();
    assertThat(drawn[1] / (double) COMMANDS).isCloseTo(0.1, within(0.005));
    assertThat(drawn[2] / (double) COMMANDS).isCloseTo(0.6, within(0.005));
    assertThat(drawn[3] / (double) COMMANDS).isCloseTo(0.05, within(0.005));
    assertThat(drawn[4] / (double) COMMANDS).isCloseTo(0.25, within(0.005));
  }

  @Test
  void uniformAsksEveryKeyAlike() {
    Map<String, Integer> counts = count(asked("uniform-p1", 0), words -> words.get(1));
    assertThat(counts).hasSize(KEYS);
    assertThat(counts.values()).allSatisfy(n -> assertThat(n).isBetween(40, 180));
  }

  @Test
  void aMixWritesAsOftenAsItsNameSays() {
    List<List<String>> asked = asked("mix-95-p16", 0);
    Map<String, Integer> counts = count(asked, words -> words.get(0));
    assertThat(counts).containsOnlyKeys("GET", "SET");
    assertThat(counts.getOrDefault("SET", 0) / (double) COMMANDS).isCloseTo(0.05, within(0.003));
    assertThat(asked)
        .filteredOn(words -> words.size() == 3)
        .allMatch(w -> w.get(2).length() == 100);
  }

  @Test
  void readsAndWritesAreCounted() {
    Workload workload = workloads(null).of(Load.parse("mix-50-p1"));
    workload.append(Unpooled.buffer(), COMMANDS, 0, LENGTH);
    assertThat(workload.reads() + workload.writes()).isEqualTo(COMMANDS);
    assertThat(workload.writes() / (double) COMMANDS).isCloseTo(0.5, within(0.01));
  }

  @Test
  void theCrowdComesAtHalfTime() {
    assertThat(count(asked("crowd-p1", LENGTH / 2 - 1), words -> words.get(0)))
        .containsOnlyKeys("GETRANGE");
    List<List<String>> after = asked("crowd-p1", LENGTH / 2);
    Map<String, Integer> counts = count(after, words -> words.get(0));
    assertThat(counts.getOrDefault("GET", 0) / (double) COMMANDS)
        .isCloseTo(Workloads.CROWD_SHARE, within(0.01));
    assertThat(after)
        .filteredOn(words -> words.get(0).equals("GET"))
        .allMatch(words -> words.get(1).equals("crowd:1"));
  }

  @Test
  void theHotSetMovesAsAWhole() {
    Set<String> first = hottest(asked("moving-p1", 0));
    Set<String> same = hottest(asked("moving-p1", Workloads.MOVE_NANOS - 1));
    Set<String> next = hottest(asked("moving-p1", Workloads.MOVE_NANOS));
    assertThat(first).hasSize(Workloads.MOVING_KEYS).isEqualTo(same);
    assertThat(next).hasSize(Workloads.MOVING_KEYS).doesNotContainAnyElementsOf(first);
  }

  private static Set<String> hottest(List<List<String>> asked) {
    Set<String> hot = new HashSet<>();
    double share = Workloads.MOVING_SHARE / Workloads.MOVING_KEYS;
    count(asked, words -> words.get(1))
        .forEach(
            (key, n) -> {
              if (n > COMMANDS * share / 2) {
                hot.add(key);
              }
            });
    return hot;
  }

  @Test
  void othersAskWhatTheyAreNamedFor() {
    assertThat(asked("hot-p1", 0)).containsOnly(List.of("GET", "hot:1024"));
    assertThat(asked("incr-p1", 0)).containsOnly(List.of("INCR", "counter"));
    assertThat(asked("set-1k-p1", 0))
        .allMatch(words -> words.get(0).equals("SET") && words.get(2).length() == 1024);
    assertThat(asked("mget-p1", 0).subList(0, 100))
        .allMatch(words -> words.size() == 51 && new HashSet<>(words).size() > 45);
  }

  @Test
  void aTraceIsReplayedInItsOrder() throws IOException {
    String lines = "a\nset b\n\n# no command\nINCR c\na\nSET c\n";
    Trace trace = Trace.parse(new BufferedReader(new StringReader(lines)), "t");
    List<List<String>> asked = ask(workloads(trace).of(Load.parse("trace-1b-p1")), 6, 0);
    assertThat(asked)
        .containsExactly(
            List.of("GET", "a"),
            List.of("SET", "b", "x"),
            List.of("INCR", "c"),
            List.of("GET", "a"),
            List.of("SET", "c", "0"),
            List.of("GET", "a"));
  }

  @Test
  void ranksAreSpreadOverAllKeys() {
    KeySpace space = new KeySpace(100, 1_000);
    Set<Integer> keys = new HashSet<>();
    for (int rank = 0; rank < space.count(); rank++) {
      keys.add(space.key(rank));
    }
    assertThat(keys).hasSize(space.count()).allMatch(key -> key >= 0 && key < space.count());
    assertThat(KeySpace.of(1 << 20, 1_000_000).count()).isEqualTo(128);
    assertThat(space.name(7)).isEqualTo("v100:000000007");
  }

  private static Workloads workloads(@Nullable Trace trace) {
    return new Workloads(KEYS, 7, "crowd:1", trace, COMMANDS);
  }

  private static List<List<String>> asked(String id, long elapsedNanos) {
    return ask(workloads(null).of(Load.parse(id)), COMMANDS, elapsedNanos);
  }

  private static List<List<String>> ask(Workload workload, int commands, long elapsedNanos) {
    ByteBuf out = Unpooled.buffer();
    List<List<String>> asked = new ArrayList<>();
    RequestParser parser = new RequestParser(RespLimits.withRequestBytes(1 << 20));
    for (int i = 0; i < commands; i++) {
      out.clear();
      workload.append(out, 1, elapsedNanos, LENGTH);
      assertThat(parser.parse(out)).isEqualTo(RequestParser.REQUEST);
      assertThat(parser.end()).isEqualTo(out.writerIndex());
      asked.add(words(parser.request()));
    }
    return asked;
  }

  private static List<String> words(Request request) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < request.argc(); i++) {
      words.add(request.text(i));
    }
    return words;
  }

  private static Map<String, Integer> count(
      List<List<String>> asked, Function<List<String>, String> by) {
    return asked.stream().collect(Collectors.toMap(by, words -> 1, Integer::sum));
  }
}
