package io.heatsink;

import io.heatsink.train.StandInRedis;
import io.heatsink.train.Training;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Map;
import java.util.Objects;

/** Where the product starts; {@link HeatsinkCommand} is its command line. */
public final class Main {

  private Main() {}

  /** Runs one command and ends the JVM with its exit code: 0, 1 (failed) or 2 (wrong input). */
  public static void main(String[] args) {
    Serving serving = Serving.of(args);
    if (serving != null) {
      System.exit(run(serving::untilStopped));
    }
    boolean trains = args.length == 1 && args[0].equals("train");
    System.exit(trains ? run(Main::train) : HeatsinkCommand.execute(args));
  }

  /** What may fail in a way that {@link Failures} explains. */
  private interface Task {
    void run() throws Exception;
  }

  private static int run(Task task) {
    try {
      task.run();
      return 0;
    } catch (Exception e) {
      return Failures.report(e, new PrintWriter(System.err, true, Charset.defaultCharset()));
    }
  }

  /**
   * Serves a stand-in of Redis to a client of its own for a moment: what the JVM then has loaded is
   * what a start-up archive should hold. Not for people, so not in the help.
   */
  private static void train() throws Exception {
    String any = "127.0.0.1:0";
    try (StandInRedis redis = StandInRedis.start()) {
      String url = "redis://127.0.0.1:" + redis.port();
      Serving serving =
          Serving.of("serve", "--listen", any, "--admin", any, "--backend-url=" + url);
      try (Heatsink heatsink = Objects.requireNonNull(serving).start(Map.of())) {
        Training.run(heatsink.address(), Objects.requireNonNull(heatsink.adminAddress()));
      }
    }
  }
}
