package io.heatsink.benchmarks.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.benchmarks.Main;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** docs/scale.md says what the simulation says. */
final class ScaleDocumentTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final long MOST_BYTES = 60_000;

  @TempDir private Path folder = Path.of("");

  @Test
  void everyTableAndPlotIsTheSimulations() throws IOException {
    String document = Files.readString(DOCS.resolve("scale.md"));
    for (Section section : new Questions(Fleet.ofThousand(FleetCommand.SEED)).answers()) {
      assertThat(document).contains(section.table(), "plots/" + section.file());
      Path plot = DOCS.resolve("plots").resolve(section.file());
      assertThat(Files.readString(plot)).isEqualTo(section.plot());
      assertThat(Files.size(plot)).isLessThan(MOST_BYTES);
    }
  }

  @Test
  void theCommandPrintsTheTablesAndWritesThePlots() throws IOException {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(new Main()).setOut(new PrintWriter(out, true));
    Path plots = folder.resolve("new");
    assertThat(line.execute("fleet", "--out", plots.toString())).isZero();
    for (String name : List.of("nodes", "small-cache", "herd", "writes", "counters")) {
      assertThat(out.toString()).contains(name + ":");
      assertThat(plots.resolve("fleet-" + name + ".svg")).isNotEmptyFile();
    }
  }
}
