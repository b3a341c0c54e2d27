package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code heatsink top} in a real terminal, that of tmux: refreshed, resized, left in two ways. */
class TopTerminalIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  @TempDir private Path folder = Path.of("");

  private String tmux(String... words) throws IOException, InterruptedException {
    Path socket = folder.resolve("tmux");
    List<String> command = new ArrayList<>();
    command.addAll(List.of(Programs.required("tmux"), "-f", "/dev/null", "-S", socket.toString()));
    command.addAll(List.of(words));
    return Programs.run(PATIENCE, folder, "", command).output();
  }

  private String screen() throws IOException, InterruptedException {
    return tmux("capture-pane", "-p");
  }

  private void awaitScreen(String... texts) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(screen()).contains(texts));
  }

  @AfterEach
  void end() throws Exception {
    tmux("kill-server");
  }

  @Test
  void isLeftAsItWasFound() throws Exception {
    try (HeatsinkFixture heatsink = HeatsinkFixture.start();
        RawClient client = heatsink.client()) {
      client.call("SET", "k", "v");
      heatsink.absorb(client, "k");
      int port = Objects.requireNonNull(heatsink.heatsink().adminAddress()).getPort();
      Path top = folder.resolve("top");
      Files.writeString(
          top,
          JAVA
              + " -XX:TieredStopAtLevel=1 -cp '"
              + System.getProperty("java.class.path")
              + "' io.heatsink.Main top --admin 127.0.0.1:"
              + port
              + "\n");
      tmux("new-session", "-d", "-x", "100", "-y", "30", "env PS1='ready> ' bash --norc");
      awaitScreen("ready>");
      tmux("send-keys", "stty -g >before; echo here", "Enter");
      awaitScreen("\nhere");
      tmux("send-keys", ". ./top", "Enter");
      awaitScreen("heatsink ", "hit ratio", "(q quits)");
      assertThat(screen()).doesNotContain("ready>");
      tmux("resize-window", "-x", "50", "-y", "16");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                List<String> lines = screen().stripTrailing().lines().toList();
                assertThat(lines).hasSizeLessThanOrEqualTo(16);
                assertThat(lines.get(0)).startsWith("heatsink ").endsWith("...").hasSize(50);
                assertThat(lines.get(lines.size() - 1)).contains("(q quits)");
              });
      leave("q", "after-q");
      tmux("send-keys", ". ./top", "Enter");
      awaitScreen("(q quits)");
      leave("C-c", "after-c");
    }
  }

  /** The shell's own lines are there again, and the terminal's settings are those of before. */
  private void leave(String key, String file) throws Exception {
    tmux("send-keys", key);
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(screen()).contains("ready>"));
    assertThat(screen()).doesNotContain("(q quits)");
    tmux("send-keys", "stty -g >" + file + "; echo written", "Enter");
    Path after = folder.resolve(file);
    await().atMost(PATIENCE).until(() -> Files.exists(after) && Files.size(after) > 0);
    assertThat(after).hasSameTextualContentAs(folder.resolve("before"));
    tmux("send-keys", "clear", "Enter");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(screen()).doesNotContain("written"));
  }
}
