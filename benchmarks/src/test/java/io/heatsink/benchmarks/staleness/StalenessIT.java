package io.heatsink.benchmarks.staleness;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.Failures;
import io.heatsink.benchmarks.Main;
import io.heatsink.testkit.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** A short measurement from end to end. */
@Timeout(120)
final class StalenessIT {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void tellsHowOldAnswersAre() throws Exception {
    Path folder = Files.createTempDirectory("heatsink-staleness-");
    Path plot = folder.resolve("staleness.svg");
    int code = run("--seconds=2", "--reads=2000", "--ttl=100ms", "--out=" + plot);
    assertThat(code).as("%s%s", out, err).isZero();
    assertThat(worstMillis("direct")).isZero();
    assertThat(worstMillis("heatsink, no cache")).isZero();
    assertThat(worstMillis("heatsink")).isLessThan(100 * (1 + 5 / 60.0) + 250);
    assertThat(Files.readString(plot)).startsWith("<svg ").contains("1,000 writes a second");
    RedisServer.delete(folder);
  }

  private double worstMillis(String row) {
    Matcher cells =
        Pattern.compile("(?m)^\\| " + row + " \\| [\\d,]{4,} \\|.* ([\\d.]+) \\|$")
            .matcher(out.toString());
    assertThat(cells.find()).as("%s in %s", row, out).isTrue();
    return Double.parseDouble(cells.group(1));
  }

  @Test
  void refusesWhatIsOutOfRange() {
    assertThat(run("--seconds=0")).isEqualTo(2);
    assertThat(err.toString()).contains("--seconds 0 is not allowed: 1 to 600").hasLineCount(1);
    assertThat(run("--ttl=soon", "--seconds=1")).isEqualTo(2);
  }

  private int run(String... args) {
    String[] all = new String[args.length + 1];
    all[0] = "staleness";
    System.arraycopy(args, 0, all, 1, args.length);
    CommandLine line = Failures.reportOn(new CommandLine(new Main()));
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(all);
  }
}
