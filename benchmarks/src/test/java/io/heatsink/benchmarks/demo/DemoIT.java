package io.heatsink.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.Failures;
import io.heatsink.benchmarks.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** A short demonstration from end to end: real Redis, Heatsink, Lettuce. */
@Timeout(120)
final class DemoIT {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void showsWhatWasAskedAndSeenAndLosesNoLike() {
    assertThat(run("demo", "--seconds", "4", "--rate", "2000", "--clients", "4"))
        .as("%s%s", out, err)
        .isZero();
    assertThat(out.toString())
        .containsPattern("crowd  asked +[\\d,]+/s  Redis saw +[\\d,]+/s  p50 ")
        .containsPattern("reads \\(GET\\) +[\\d,]{4,} +[\\d,]+ ")
        .containsPattern("likes of the post ([\\d,]+) acknowledged, \\1 counted")
        .contains("latency, crowd    p50 ", "hot keys found", "errors            0");
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThat(run("demo", "--seconds", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--seconds 0 is not allowed: 4 to 3600").hasLineCount(1);
  }

  private int run(String... args) {
    CommandLine line = Failures.reportOn(new CommandLine(new Main()));
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(args);
  }
}
