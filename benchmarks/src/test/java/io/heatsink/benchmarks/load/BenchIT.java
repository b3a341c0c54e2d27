package io.heatsink.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.Failures;
import io.heatsink.benchmarks.Main;
import io.heatsink.benchmarks.load.report.Sample;
import io.heatsink.benchmarks.load.report.Samples;
import io.heatsink.benchmarks.load.subject.Launcher;
import io.heatsink.benchmarks.load.subject.Subjects;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A short measurement from end to end, every process its own. */
@Timeout(180)
final class BenchIT {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path folder;

  @Test
  void measuresEverySubjectAndEndsIt() throws IOException {
    assertThat(
            run(
                "--loads=mix-95-p16-c10",
                "--rounds=1",
                "--seconds=0.2",
                "--warm-up=0",
                "--keys=1000",
                "--rate=1000",
                "--out=" + folder))
        .as("%s%s", out, err)
        .isZero();
    assertThat(Files.readString(folder.resolve("table.md"))).isEqualTo(out.toString());
    List<Sample> samples = Samples.parse(Files.readString(folder.resolve("samples.csv"))).all();
    for (String name : Subjects.NAMES.stream().filter(Launcher::has).toList()) {
      assertThat(out.toString())
          .contains("| 95/5 GET/SET Zipf 0.99, 100 B, P=16, 10 clients | " + name + " | ");
      assertThat(samples).filteredOn(sample -> sample.subject().equals(name)).hasSize(2);
    }
    assertThat(out.toString())
        .containsPattern("\\| direct \\| [\\d,]+ \\| 1\\.00 .*1\\.0000 \\|\\R");
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  @Test
  void seesWhatACrowdAndATraceCostTheBackend() throws IOException {
    Path trace = Files.writeString(folder.resolve("trace"), "a\nb\nset a\nincr n\n");
    assertThat(
            run(
                "--loads=trace-p1-c4,crowd-p1-c4",
                "--subjects=direct",
                "--trace=" + trace,
                "--rounds=1",
                "--seconds=0.4",
                "--warm-up=0",
                "--keys=1000",
                "--rate=1000"))
        .as("%s%s", out, err)
        .isZero();
    assertThat(out.toString())
        .containsPattern(
            "\\| flash crowd 0→30 %, 100 B, P=1, 4 clients \\| direct \\| [\\d,]+\\.\\d ")
        .contains("| trace, 100 B, P=1, 4 clients | direct | ");
  }

  @Test
  void showsAnEarlierMeasurement() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.csv"),
            "load,subject,loop,round,per_second,backend_us\nhot-p1,direct,closed,1,100,2\n");
    assertThat(run("--from=" + file, "--from=" + file, "--out=" + folder.resolve("out"))).isZero();
    assertThat(out.toString()).contains("| GET one hot key, 1 KB, P=1 | direct | 100 | 1.00 |");
    assertThat(folder.resolve("out")).isDirectoryContaining("glob:**.svg");
    Files.writeString(file, "nothing\n");
    assertThat(run("--from=" + file)).isEqualTo(2);
    assertThat(err.toString()).contains("a.csv cannot be read: no header").hasLineCount(1);
    assertThat(run("--trace=nowhere", "--loads=trace-p1")).isEqualTo(2);
    assertThat(err.toString()).contains("--trace nowhere cannot be read: there is no such file");
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThat(run("--loads=hot-p1,nothing")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("heatsink bench: --loads nothing is not allowed: all, or some of TRAFFIC")
        .hasLineCount(1);
    assertThat(run("--subject=direct=localhost:1")).isEqualTo(2);
    assertThat(run("--loads=trace-p1")).isEqualTo(2);
  }

  @Test
  void measuresNothingThatHasEnded() throws IOException, InterruptedException {
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    int port = RedisServer.freePort();
    assertThat(
            run(
                "--loads=hot-p1-c1",
                "--subjects=direct",
                "--backend-port=" + port,
                "--subject=gone=127.0.0.1:" + port + ":" + ended.pid(),
                "--rounds=1",
                "--seconds=0.1",
                "--warm-up=0",
                "--keys=1"))
        .isNotZero();
    assertThat(err.toString()).contains("gone: its process " + ended.pid() + " has ended");
  }

  private int run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "bench";
    System.arraycopy(args, 0, all, 1, args.length);
    CommandLine line = Failures.reportOn(new CommandLine(new Main()));
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(all);
  }
}
