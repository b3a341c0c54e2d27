package io.heatsink.benchmarks.demo;

import io.heatsink.Heatsink;
import io.heatsink.Version;
import io.heatsink.config.ConfigException;
import io.heatsink.config.ConfigLoader;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.testkit.RedisServer;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code heatsink demo}: a flash crowd on a real Redis, absorbed, with figures. */
@Command(
    name = "demo",
    description = {
      "Starts a Redis and Heatsink on loopback, sends a flash crowd at them through Lettuce, and",
      "shows what clients asked, what Redis saw, latencies and the hot keys found.",
      "Exit code 1 if a command failed or an increment was lost."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class DemoCommand implements Callable<Integer> {

  private static final int VALUE_BYTES = 512;
  private static final long SEED = 42;
  private static final double WARM_UP_RATE = 16_000;
  private static final Duration WARM_UP = Duration.ofSeconds(3);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "How long, 4 to 3600. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--rate",
      defaultValue = "20000",
      description = "Commands a second in the crowd, 100 to 1000000. Default: ${DEFAULT-VALUE}.")
  private int rate;

  @Option(
      names = "--clients",
      defaultValue = "16",
      description = "Connections, 1 to 1000. Default: ${DEFAULT-VALUE}.")
  private int connections;

  @Override
  public Integer call() throws Exception {
    within("--seconds", seconds, 4, 3600);
    within("--rate", rate, 100, 1_000_000);
    within("--clients", connections, 1, 1000);
    try (RedisServer redis = RedisServer.start();
        Heatsink heatsink = Heatsink.start(config(redis.port()));
        Clients clients = new Clients(heatsink.address(), connections)) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          Screen.text(
              "Heatsink %s on port %d, %d Lettuce connections. Warming up ...",
              Version.text(), heatsink.address().getPort(), connections));
      fill(redis);
      InetSocketAddress admin = Objects.requireNonNull(heatsink.adminAddress());
      warmUp(clients, redis, admin);
      out.println(
          Screen.text(
              "Calm at %,d/s first, then the crowd at %,d/s, most of it on %s.",
              rate / 4, rate, FlashCrowd.HOT_POST));
      Summary summary = run(clients, redis, admin);
      summary.lines().forEach(out::println);
      out.flush();
      return summary.isFlawless() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
  }

  private Summary run(Clients clients, RedisServer redis, InetSocketAddress admin)
      throws InterruptedException {
    boolean terminal = Boolean.getBoolean("heatsink.tty");
    Screen screen = new Screen(spec.commandLine().getOut(), terminal, rate);
    Histogram calm = new Histogram(3);
    Histogram crowd = new Histogram(3);
    Map<String, Observation.Hot> hottest = new HashMap<>();
    FlashCrowd traffic = new FlashCrowd(SEED, FlashCrowd.CALM);
    Duration length = Duration.ofSeconds(seconds);
    Thread load = new Thread(() -> clients.run(traffic, rate, length), "demo-load");
    long start = System.nanoTime();
    Observation before = Observation.take(0, clients, redis, admin);
    load.start();
    try {
      boolean last = false;
      while (!last) {
        load.join(terminal ? 250 : 1000);
        last = !load.isAlive();
        double elapsed = (System.nanoTime() - start) / 1e9;
        Observation after = Observation.take(elapsed, clients, redis, admin);
        boolean isCalm = traffic.isCalm((before.seconds() + elapsed) / 2 / seconds);
        (isCalm ? calm : crowd).add(after.latencies());
        after.hotKeys().forEach(hot -> hottest.merge(hot.key(), hot, DemoCommand::hotter));
        screen.show(before, after, isCalm);
        before = after;
      }
    } finally {
      clients.stop();
      load.join(TimeUnit.SECONDS.toMillis(10));
    }
    return new Summary(
        before,
        calm,
        crowd,
        hottest.values().stream()
            .sorted(Comparator.comparingDouble(Observation.Hot::rate).reversed())
            .toList(),
        clients.hotLikes.sum(),
        count(redis));
  }

  /** Lets the JVM load and compile what every command runs through; not counted. */
  private static void warmUp(Clients clients, RedisServer redis, InetSocketAddress admin) {
    clients.run(new FlashCrowd(SEED + 1, 1), WARM_UP_RATE, WARM_UP);
    var unused = Observation.take(0, clients, redis, admin);
    clients.resetCounters();
    redis.call("DEL", FlashCrowd.HOT_LIKES);
    redis.resetStats();
  }

  private static Observation.Hot hotter(Observation.Hot a, Observation.Hot b) {
    return a.rate() >= b.rate() ? a : b;
  }

  /** Any free ports; otherwise what a user gets who sets nothing. */
  private static HeatsinkConfig config(int redisPort) throws ConfigException {
    Map<String, String> options =
        Map.of(
            "listen", "127.0.0.1:0",
            "admin", "127.0.0.1:0",
            "backend.url", "redis://127.0.0.1:" + redisPort);
    return ConfigLoader.load(null, Map.of(), options).config();
  }

  private static void fill(RedisServer redis) {
    String value = "x".repeat(VALUE_BYTES);
    String[] command = new String[1 + 2 * FlashCrowd.POSTS];
    command[0] = "MSET";
    for (int i = 0; i < FlashCrowd.POSTS; i++) {
      command[1 + 2 * i] = FlashCrowd.post(i);
      command[2 + 2 * i] = value;
    }
    redis.call(command);
  }

  /** What Redis holds for the hot counter, in the reply {@code $<length> <number>}. */
  private static long count(RedisServer redis) {
    String[] lines = redis.call("GET", FlashCrowd.HOT_LIKES).split("\r\n", -1);
    return lines.length < 2 || lines[1].isEmpty() ? 0 : Long.parseLong(lines[1]);
  }

  private void within(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " " + value + " is not allowed: " + least + " to " + most);
    }
  }
}
