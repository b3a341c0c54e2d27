package io.heatsink.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.it.NodeClients;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A client in Node: its features are in {@code src/test/node}. */
final class NodeSubject implements Subject {

  private final Process process;
  private final BufferedReader from;
  private final PrintWriter to;

  NodeSubject(String client, int port, int protocol) throws IOException, InterruptedException {
    List<String> command =
        List.of(
            NodeClients.node(),
            "matrix.js",
            client,
            Integer.toString(protocol),
            Integer.toString(port));
    process =
        new ProcessBuilder(command)
            .directory(NodeClients.installed().toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    from = process.inputReader(UTF_8);
    to = new PrintWriter(process.outputWriter(UTF_8), true);
  }

  @Override
  public void show(Feature feature, Stand stand) throws IOException {
    to.println(feature.name());
    String answer = from.readLine();
    if ("restart".equals(answer)) {
      stand.restart(feature);
      to.println("restarted");
      answer = from.readLine();
    }
    assertThat(String.valueOf(answer).replace(" | ", "\n")).isEqualTo("ok");
  }

  @Override
  public void close() {
    to.println("end");
    process.onExit().completeOnTimeout(process, 5, TimeUnit.SECONDS).join().destroyForcibly();
  }
}
