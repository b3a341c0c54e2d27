package io.heatsink.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code docs/clients.md} shows the matrix that is tested, no more and no less. */
class ClientsDocTest {

  private static final Path FILE = Path.of("..", "docs", "clients.md");
  private static final String BEGIN = "<!-- the matrix, written by ClientsDocTest -->\n";
  private static final String END = "<!-- end of the matrix -->\n";

  @Test
  void theTableIsTheMatrix() throws IOException {
    String text = Files.readString(FILE, UTF_8);
    int from = text.indexOf(BEGIN) + BEGIN.length();
    String expected = text.substring(0, from) + table() + text.substring(text.indexOf(END));
    if (Boolean.getBoolean("heatsink.write-clients")) {
      Files.writeString(FILE, expected, UTF_8);
    }
    assertThat(FILE).hasContent(expected);
  }

  private static String table() {
    StringBuilder table = new StringBuilder("| client |");
    StringBuilder line = new StringBuilder("|---|");
    for (Feature feature : Feature.values()) {
      table.append(' ').append(feature).append(" |");
      line.append(":-:|");
    }
    table.append('\n').append(line).append('\n');
    for (Client client : Client.ALL) {
      String cells =
          Arrays.stream(Feature.values())
              .map(feature -> client.features().contains(feature) ? "✓" : "–")
              .collect(Collectors.joining(" | "));
      table.append("| ").append(client).append(" | ").append(cells).append(" |\n");
    }
    return table.toString();
  }
}
