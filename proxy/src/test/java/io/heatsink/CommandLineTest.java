package io.heatsink;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.heatsink.config.Setting;
import io.heatsink.config.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What the command line prints and its exit codes. */
final class CommandLineTest {

  @TempDir private Path folder = Path.of("");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpExplainsEveryOptionWithRangeAndDefault() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("serve", "check-config");
    assertThat(run("serve", "--help")).isZero();
    String help = out.toString().replaceAll("\\s+", "");
    for (Setting<?> setting : Settings.all()) {
      if (!setting.options().isEmpty()) {
        assertThat(help).contains(String.join(",", setting.options()));
        assertThat(help).contains(setting.allowed().replaceAll("\\s+", ""));
      }
    }
    assertThat(help).contains("--config").doesNotContain("%%");
    assertThat(out.toString().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void versionIsTheBuilds() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).matches("heatsink \\d+\\.\\d+\\.\\d+\\S*\\R");
  }

  @Test
  void wrongOptionsAreOneLineAndExitCode2() {
    assertThat(run("serve", "--clients-maxx", "3")).isEqualTo(2);
    assertThat(err.toString())
        .hasLineCount(1)
        .contains("--clients-maxx", "did you mean --clients-max?", "heatsink serve --help");
    assertThat(run()).isEqualTo(2);
    assertThat(run("serv")).isEqualTo(2);
    assertThat(run("serve", "--lanes")).isEqualTo(2);
  }

  @Test
  void faultsOfTheSettingsAreALineEachAndExitCode2() {
    assertThat(run("serve", "--lanes", "0", "--backend", "redis://u:hunter2@h:x")).isEqualTo(2);
    assertThat(err.toString())
        .hasLineCount(2)
        .contains("option --lanes: lanes = 0: ", "option --backend: backend.url = redis://u:***@h")
        .doesNotContain("hunter2");
    assertThat(run("serve", "--config", folder.resolve("none.yaml").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("none.yaml: no such file");
  }

  @Test
  void checkConfigListsEverySettingMasked() throws IOException {
    Path file = folder.resolve("heatsink.yaml");
    Files.writeString(file, "lanes: 2\nbackend: redis://:hunter2@h\n");
    assertThat(run("check-config", file.toString())).isZero();
    assertThat(out.toString())
        .contains(
            "lanes=2 (" + file + ":1)", "backend.url=redis://:***@h (", "cache.ttl=60s (default)")
        .doesNotContain("hunter2");
    assertThat(run("check-config", "--json", file.toString())).isZero();
    assertThat(json().getAsJsonArray("settings").toString())
        .contains("{\"key\":\"lanes\",\"value\":\"2\",\"origin\":\"" + file + ":1\"", "restart")
        .doesNotContain("hunter2");
    Files.writeString(file, "lane: 2\ncache: {ttl: often}\n");
    assertThat(run("check-config", file.toString())).isEqualTo(2);
    assertThat(err.toString()).hasLineCount(2).contains("did you mean lanes?");
    assertThat(run("check-config", file.toString(), "--json")).isEqualTo(2);
    assertThat(json().getAsJsonArray("faults")).hasSize(2);
    assertThat(json().toString()).contains("did you mean lanes?", "\"problem\"", "often");
  }

  @Test
  void aBusyPortIsOneLineThatNamesItAndTheRemedy() throws IOException {
    try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + busy.getLocalPort();
      assertThat(run("serve", "--listen", address, "--admin", "off")).isEqualTo(1);
      assertThat(err.toString())
          .hasLineCount(1)
          .contains("cannot listen on " + address, "the port is busy", "--listen");
      assertThat(run("serve", "--listen", "127.0.0.1:0", "--admin", address)).isEqualTo(1);
      assertThat(err.toString()).contains("cannot listen on " + address, "--admin");
    }
  }

  private JsonObject json() {
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = HeatsinkCommand.line();
    line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    return line.execute(args);
  }
}
