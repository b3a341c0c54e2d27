package io.heatsink.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.Failures;
import io.heatsink.benchmarks.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
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
  void measuresWhatIsInstalledAndEndsIt() throws IOException {
    assumeTrue(LoadGenerator.installed() != null, "no redis-benchmark on the PATH");
    Path table = folder.resolve("table.md");
    assertThat(
            run("--requests=2000", "--rounds=1", "--keys=1000", "--clients=10", "--out=" + table))
        .as("%s%s", out, err)
        .isZero();
    assertThat(Files.readString(table)).isEqualTo(out.toString());
    for (Load load : Load.ALL) {
      assertThat(out.toString())
          .containsPattern(row(load, Subject.DIRECT, "[\\d,]+ \\| 1\\.00 .* \\| 1\\.0000"))
          .containsPattern(row(load, Subject.HEATSINK, "[\\d,]+ .*"))
          .containsPattern(row(load, Subject.HEATSINK_OFF, "[\\d,]+ .* \\| 1\\.0000"));
    }
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  @Test
  void refusesWhatItDoesNotKnow() {
    assertThat(run("--loads=get-hot-p1,nothing")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("heatsink bench: --loads nothing is not allowed: some of get-uniform-p1,")
        .hasLineCount(1);
  }

  private static String row(Load load, String subject, String rest) {
    return Pattern.quote("| " + load.title() + " | " + subject + " | ") + rest + " \\|\\R";
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
