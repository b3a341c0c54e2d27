package io.heatsink.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The table that {@code benchmarks/compare} makes of JMH's results. */
@Timeout(60)
final class CompareScriptTest {

  private static final int ROUNDS = 5;
  private static final String HEAD =
      "\"Benchmark\",\"Mode\",\"Threads\",\"Samples\",\"Score\",\"Score Error (99.9%)\",\"Unit\"";

  @TempDir private Path folder = Path.of("");

  private String out = "";

  @Test
  void flagsOnlyWhatIsBeyondTheError() throws Exception {
    Files.writeString(folder.resolve("names"), "A: one\n\nB: two\n\n");
    for (int round = 1; round <= ROUNDS; round++) {
      double busy = round * 10;
      results("a", round, "", row("Same", 100 + busy, 64), row("Quick", 100 + busy, 64));
      results("b", round, "", row("Same", 100 + busy, 64), row("Quick", 80 + busy, 32));
    }
    assertThat(run("--table", folder.toString())).as(out).isZero();
    assertThat(out)
        .startsWith("A: one\n\nB: two\n\n| benchmark | unit | A | B | B/A |")
        .contains("| `Same.run` | ns/op | 130.0 | 130.0 | 1.000 ± 0.000 | 64.0 | 64.0 |  |\n")
        .containsPattern(
            "`Quick.run` . ns/op . 130.0 . 110.0 . 0.84\\d ± 0.0\\d\\d . 64.0 . 32.0 "
                + ". faster, allocates less .\n");
  }

  @Test
  void aDifferenceThatComesAndGoesIsNone() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      results("a", round, "", row("Noisy", 100, 0.1));
      results("b", round, "", row("Noisy", round % 2 == 0 ? 150 : 90, 0.3));
    }
    assertThat(run("--table", folder.toString())).as(out).isZero();
    assertThat(out).containsPattern("`Noisy.run` .* 0.1 \\| 0.3 \\|  \\|\n");
  }

  @Test
  void moreAThroughputIsFasterAndParametersAreTold() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      results("a", round, ",\"Param: size\"", throughput(100 + round) + ",16");
      results("b", round, ",\"Param: size\"", throughput(120 + round) + ",16");
    }
    assertThat(run("--table", folder.toString())).as(out).isZero();
    assertThat(out).containsPattern("`Rate.run size=16` . ops/s .* - . - . faster .\n");
  }

  @Test
  void whatOneSideHasNotIsSaid() throws Exception {
    for (int round = 1; round <= ROUNDS; round++) {
      results("a", round, "", row("Same", 100, 64));
      results("b", round, "", row("Same", 100, 64), row("New", 100, 64));
    }
    assertThat(run("--table", folder.toString())).as(out).isZero();
    assertThat(out).contains("| `New.run` | ns/op | | | | | | only in B |");
  }

  @Test
  void wrongUseIsOneLine() throws Exception {
    assertThat(run("--help")).isZero();
    assertThat(out).startsWith("Usage: benchmarks/compare");
    for (List<String> wrong :
        List.of(
            List.<String>of(),
            List.of("-r", "1", "HEAD", "HEAD"),
            List.of("--what"),
            List.of("--table", folder.toString()),
            List.of("HEAD"),
            List.of("no-such-commit", "HEAD"))) {
      assertThat(run(wrong.toArray(new String[0]))).as(wrong.toString()).isEqualTo(2);
      assertThat(out).startsWith("compare: ").hasLineCount(1);
    }
  }

  private void results(String side, int round, String heads, String... rows) throws IOException {
    String text = HEAD + heads + "\r\n" + String.join("", rows) + "\r\n";
    Files.writeString(folder.resolve(side + "." + round + ".csv"), text);
  }

  private static String row(String name, double score, double bytes) {
    String whole = "\"io.heatsink.%s.run%s\",\"avgt\",1,5,%f,1.5,\"%s\"\r\n";
    return String.format(Locale.ROOT, whole, name, "", score, "ns/op")
        + String.format(Locale.ROOT, whole, name, ":gc.alloc.rate", 7.0, "MB/sec")
        + String.format(Locale.ROOT, whole, name, ":gc.alloc.rate.norm", bytes, "B/op");
  }

  private static String throughput(double score) {
    return String.format(
        Locale.ROOT, "\"io.heatsink.Rate.run\",\"thrpt\",1,5,%f,NaN,\"ops/s\"", score);
  }

  private int run(String... args) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bash", "compare"));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor();
  }
}
