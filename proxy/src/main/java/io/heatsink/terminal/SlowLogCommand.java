package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code heatsink slowlog}: Prints the latest slow requests, and where their time went. */
@Command(
    name = "slowlog",
    description = "Prints the latest slow requests, and where their time went.",
    mixinStandardHelpOptions = true)
public final class SlowLogCommand extends ListCommand {

  @Override
  String path(int most) {
    return "slowlog?count=" + most;
  }

  @Override
  List<String> lines(JsonObject list, int most) {
    return Tables.slow(list, most);
  }
}
