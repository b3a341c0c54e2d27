package io.heatsink.terminal;

import com.google.gson.JsonObject;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code heatsink top}: what the page shows, in a terminal. */
@Command(
    name = "top",
    description = {
      "Shows traffic, hot keys, events and slow requests, and refreshes every second; q quits.",
      "Where the output is no terminal, it is printed once."
    },
    mixinStandardHelpOptions = true)
public final class TopCommand implements Callable<Integer> {

  private static final long REFRESH_MILLIS = 1_000;
  private static final int ONCE_LINES = 60;
  private static final String HOME_AND_CLEAR = "\033[H\033[2J";

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private Remote remote = new Remote();

  @Option(names = "--once", description = "Print it once, and end.")
  private boolean once;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    JsonObject state = remote.get("state");
    if (remote.isJson()) {
      out.println(state);
    } else if (once || !Terminal.isThere()) {
      Tables.screen(state, ONCE_LINES).forEach(out::println);
    } else {
      refresh(out, state);
    }
    return ExitCode.OK;
  }

  private void refresh(PrintWriter out, JsonObject first) throws Exception {
    JsonObject state = first;
    String lost = "";
    try (Terminal terminal = Terminal.open()) {
      do {
        draw(out, terminal, state, lost);
        try {
          state = remote.get("state");
          lost = "";
        } catch (RemoteException e) {
          lost = "  NOT ANSWERING: " + e.getMessage();
        }
      } while (!terminal.quitsWithin(REFRESH_MILLIS));
    }
  }

  private void draw(PrintWriter out, Terminal terminal, JsonObject state, String lost) {
    int height = terminal.height() - 2;
    int width = terminal.width();
    List<String> lines = Tables.screen(state, height);
    StringBuilder screen = new StringBuilder(HOME_AND_CLEAR);
    for (String line : lines.subList(0, Math.min(height, lines.size()))) {
      screen.append(Text.cut(line, width)).append("\r\n");
    }
    screen.append(Text.cut(remote.name() + lost + "  (q quits)", width));
    out.print(screen);
    out.flush();
  }
}
