package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.gson.JsonParser;
import io.heatsink.Failures;
import io.heatsink.terminal.EventsCommand;
import io.heatsink.terminal.FlushCommand;
import io.heatsink.terminal.FoldCommand;
import io.heatsink.terminal.HotKeysCommand;
import io.heatsink.terminal.PolicyCommand;
import io.heatsink.terminal.SlowLogCommand;
import io.heatsink.terminal.StatsCommand;
import io.heatsink.terminal.TopCommand;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/**
 * heatsink top, hotkeys, stats, policy, flush, fold, events and slowlog, before a running Heatsink.
 */
class AskingCommandsIT {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Callable<Integer> command, String... words) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Failures.reportOn(new CommandLine(command))
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(words);
  }

  private static String at(HeatsinkFixture heatsink) {
    return "--admin=127.0.0.1:"
        + Objects.requireNonNull(heatsink.heatsink().adminAddress()).getPort();
  }

  @Test
  void tellWhatARunningHeatsinkKnows() {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      client.call("SET", "k", "v");
      String at = at(heatsink);
      await()
          .untilAsserted(
              () -> {
                heatsink.absorb(client, "k");
                assertThat(run(new HotKeysCommand(), at)).isZero();
                assertThat(out.toString()).contains("KEY", "REMEDY", "near cache", "tracked");
                assertThat(run(new EventsCommand(), at)).isZero();
                assertThat(out.toString()).contains("went hot");
              });
      assertThat(run(new TopCommand(), at)).isZero();
      assertThat(out.toString()).contains("commands ", "hit ratio", "near cache", "went hot");
      assertThat(run(new StatsCommand(), at)).isZero();
      assertThat(out.toString()).contains("totals.commands=", "now.hitRatio=");
      assertThat(run(new PolicyCommand(), at, "k")).isZero();
      assertThat(out.toString()).contains("level=\"tracked\"", "rule=\"default\"", "kept=true");
      assertThat(run(new SlowLogCommand(), at)).isZero();
      assertThat(run(new FlushCommand(), at, "k")).isZero();
      assertThat(out.toString()).isEqualToIgnoringNewLines("flushed");
      assertThat(run(new FlushCommand(), at)).isZero();
      for (Callable<Integer> command :
          List.<Callable<Integer>>of(
              new HotKeysCommand(),
              new EventsCommand(),
              new TopCommand(),
              new StatsCommand(),
              new SlowLogCommand())) {
        assertThat(run(command, at, "--json")).isZero();
        assertThat(JsonParser.parseString(out.toString()).isJsonObject()).isTrue();
      }
      for (Callable<Integer> command :
          List.<Callable<Integer>>of(new PolicyCommand(), new FlushCommand(), new FoldCommand())) {
        assertThat(run(command, at, "--json", "k")).isZero();
        assertThat(JsonParser.parseString(out.toString()).isJsonObject()).isTrue();
      }
    }
  }

  @Test
  void splitCountersAreFolded() {
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(RedisServer.start(), settings -> settings.split("n:*", 4));
        RawClient client = heatsink.client();
        RawClient direct = heatsink.direct()) {
      client.call("INCR", "n:1");
      client.call("INCR", "n:1");
      assertThat(run(new FoldCommand(), at(heatsink), "n:*")).isZero();
      assertThat(out.toString()).isEqualToIgnoringNewLines("folded 1 of 1");
      assertThat(direct.call("GET", "n:1")).isEqualTo("$1\r\n2\r\n");
      assertThat(run(new FoldCommand(), at(heatsink))).isEqualTo(2);
      client.call("INCR", "n:1");
      heatsink.redis().close();
      assertThat(run(new FoldCommand(), at(heatsink), "n:*")).isEqualTo(1);
      assertThat(out.toString()).isEmpty();
      assertThat(err.toString()).hasLineCount(1).contains("nothing was folded: ", "unreachable");
    }
  }

  @Test
  void whoCannotBeReachedIsNamedInOneLine() {
    assertThat(run(new HotKeysCommand(), "--admin=127.0.0.1:1")).isEqualTo(1);
    assertThat(err.toString()).hasLineCount(1).contains("nobody listens at 127.0.0.1:1");
    assertThat(run(new HotKeysCommand(), "--admin=127.0.0.1:1", "--token-file=/none")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot read the token file");
    assertThat(run(new HotKeysCommand(), "--admni=x")).isEqualTo(2);
    try (HeatsinkFixture heatsink = HeatsinkFixture.start()) {
      String redis = "--admin=127.0.0.1:" + heatsink.redis().port();
      assertThat(run(new StatsCommand(), redis)).isEqualTo(1);
      assertThat(err.toString()).hasLineCount(1);
    }
  }
}
