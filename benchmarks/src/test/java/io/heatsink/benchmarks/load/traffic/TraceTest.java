package io.heatsink.benchmarks.load.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.heatsink.benchmarks.load.traffic.Trace.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TraceTest {

  @TempDir private Path folder;

  @Test
  void readsKeysAndCommands() throws IOException {
    Trace trace = Trace.read(write("a\nget a\n# a comment\n\n  del  b \nincr c\na\n"));
    assertThat(trace.commands())
        .containsExactly(
            new Command("GET", "a"), new Command("DEL", "b"), new Command("INCR", "c"));
    assertThat(trace.order()).containsExactly(0, 0, 1, 2, 0);
    assertThat(trace.deletes()).isTrue();
    assertThat(trace.isCounter("c")).isTrue();
    assertThat(trace.isCounter("a")).isFalse();
    assertThat(trace.popularity().reads()).containsExactly(new double[] {0.6, 0, 0}, within(1e-9));
    assertThat(trace.popularity().writes())
        .containsExactly(new double[] {0, 0.2, 0.2}, within(1e-9));
  }

  @Test
  void readsWhatIsPacked() throws IOException {
    Path file = folder.resolve("trace.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("a\nb\n".getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(Trace.read(file).commands())
        .containsExactly(new Command("GET", "a"), new Command("GET", "b"));
  }

  @Test
  void saysWhichLineIsNoCommand() throws IOException {
    Path file = write("a\nLPUSH b\n");
    assertThatThrownBy(() -> Trace.read(file))
        .hasMessageContaining(file + ":2: neither a key nor one of GET,")
        .hasMessageEndingWith("LPUSH b");
    Path three = write("SET a 100\n");
    assertThatThrownBy(() -> Trace.read(three)).hasMessageContaining(":1: ");
    Path empty = write("# nothing\n");
    assertThatThrownBy(() -> Trace.read(empty)).hasMessageEndingWith("holds no command");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(folder.resolve("trace.txt"), text);
  }
}
