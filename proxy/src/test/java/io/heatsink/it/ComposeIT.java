package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The composition against the schema of compose files, in which an unknown field is an error. */
class ComposeIT {

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static String faults(String composition) throws Exception {
    String node = NodeClients.node();
    Path folder = NodeClients.installed();
    Object document = new Load(LoadSettings.builder().build()).loadFromString(composition);
    String json = new Gson().toJson(document);
    Programs.Outcome outcome = Programs.run(LIMIT, folder, json, List.of(node, "compose.js"));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return outcome.output();
  }

  @Test
  void theCompositionIsOne() throws Exception {
    String composition = Files.readString(Path.of("..", "config", "docker-compose.yaml"));
    assertThat(faults(composition)).isEqualTo("ok\n");
    assertThat(faults(composition.replace("read_only:", "readonly:").replace("512m", "[512]")))
        .contains("/services/heatsink", "readonly", "mem_limit");
  }
}
