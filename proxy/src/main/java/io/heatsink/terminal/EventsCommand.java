package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code heatsink events}: Prints what happened of late, the newest first. */
@Command(
    name = "events",
    description = "Prints what happened of late, the newest first.",
    mixinStandardHelpOptions = true)
public final class EventsCommand extends ListCommand {

  @Override
  String path(int most) {
    return "events?count=" + most;
  }

  @Override
  List<String> lines(JsonObject list, int most) {
    return Tables.events(list, most);
  }
}
