package io.heatsink.benchmarks.startup;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.Failures;
import io.heatsink.benchmarks.Main;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** Real starts of real processes, once each. */
@Timeout(180)
final class StartupIT {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void startsEachKindAndEndsIt() {
    assertThat(run("--rounds=1")).as("%s%s", out, err).isZero();
    String version = "Java " + Runtime.version().feature() + "\\S*";
    assertThat(out.toString())
        .containsPattern("(?m)^\\| " + version + " \\| \\d+ \\| \\d+ \\| \\d+ \\| \\d+ \\|$");
    if (Checkout.find().jar() != null) {
      assertThat(out.toString())
          .containsPattern("(?m)^\\| " + version + ", \\w+ (cache|archive) \\| \\d+ ");
    }
    assertThat(ProcessHandle.current().children()).isEmpty();
  }

  @Test
  void refusesWhatIsNoJava() {
    assertThat(run("--java=/nowhere")).isEqualTo(2);
    assertThat(err.toString()).contains("--java /nowhere is not allowed").hasLineCount(1);
    assertThat(run("--rounds=0")).isEqualTo(2);
  }

  @Test
  void medianOfAnEvenNumberIsTheMeanOfTheMiddle() {
    List<Start> starts =
        List.of(new Start(4, 0, 0), new Start(1, 0, 0), new Start(2, 0, 0), new Start(9, 0, 0));
    assertThat(StartupCommand.median(starts, Start::pongMillis)).isEqualTo(3);
  }

  private int run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "startup";
    System.arraycopy(args, 0, all, 1, args.length);
    CommandLine line = Failures.reportOn(new CommandLine(new Main()));
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(all);
  }
}
