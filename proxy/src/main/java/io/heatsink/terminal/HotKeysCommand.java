package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code heatsink hotkeys}: Prints the keys that are hot now, hottest first. */
@Command(
    name = "hotkeys",
    description = "Prints the keys that are hot now, hottest first.",
    mixinStandardHelpOptions = true)
public final class HotKeysCommand extends ListCommand {

  @Override
  String path(int most) {
    return "hotkeys";
  }

  @Override
  List<String> lines(JsonObject list, int most) {
    return Tables.hotKeys(list, most);
  }
}
