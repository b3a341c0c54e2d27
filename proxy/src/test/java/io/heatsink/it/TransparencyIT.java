package io.heatsink.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same bytes to two servers, one behind the proxy and one not, are answered with the same
 * bytes: any commands, hits and misses, any protocol, wherever the stream is cut.
 */
class TransparencyIT {

  private static final int PIPELINES = 250;
  private static final int HAMMER = 3000;

  private HeatsinkFixture heatsink;
  private RedisServer plain;
  private boolean debug;

  /** One client, on both sides. */
  private record Pair(String name, RawClient proxied, RawClient direct) implements AutoCloseable {
    @Override
    public void close() {
      proxied.close();
      direct.close();
    }
  }

  @BeforeEach
  void start() {
    plain = startRedis();
    debug = !plain.call("DEBUG", "PROTOCOL", "string").startsWith("-");
    heatsink = HeatsinkFixture.start(startRedis(), settings -> {});
  }

  @AfterEach
  void stop() {
    heatsink.close();
    plain.close();
  }

  /** With DEBUG, where the release has to be told so. */
  private static RedisServer startRedis() {
    try {
      return RedisServer.start("--enable-debug-command", "yes");
    } catch (IllegalStateException e) {
      return RedisServer.start();
    }
  }

  private Pair pair(String protocol) {
    Pair pair = new Pair("RESP" + protocol, heatsink.client(), plain.client());
    pair.proxied.call("HELLO", protocol);
    pair.direct.call("HELLO", protocol);
    return pair;
  }

  /** Seeds that always run, and one that nobody tried before. */
  static List<Long> seeds() {
    Long given = Long.getLong("heatsink.seed");
    return given != null ? List.of(given) : List.of(1L, 2L, 3L, System.nanoTime());
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void randomPipelines(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Commands commands = new Commands(random.split(), debug);
    try (Pair first = pair("2");
        Pair second = pair("3");
        Pair third = pair("2")) {
      List<Pair> pairs = List.of(first, second, third);
      for (int i = 0; i < PIPELINES; i++) {
        Pair pair = pairs.get(random.nextInt(pairs.size()));
        if (i % 50 == 0) {
          hammer(first, "seed " + seed + ", hammering before pipeline " + i);
        }
        List<Commands.Step> steps = commands.pipeline(1 + random.nextInt(40));
        String context = "seed " + seed + ", pipeline " + i + ", " + pair.name;
        List<byte[]> parts = cut(bytes(steps), random);
        check(context, pair, steps, parts);
      }
    }
  }

  /** Makes the hot keys hot, and compares all of it. */
  private static void hammer(Pair pair, String context) {
    for (String reset : List.of("DISCARD", "SELECT 0")) {
      Commands.Step step = Commands.array(reset.split(" ", -1));
      check(context, pair, List.of(step), List.of(step.bytes));
    }
    for (String key : Commands.HOT) {
      byte[] get = Commands.array("GET", key).bytes;
      List<byte[]> round = Collections.nCopies(HAMMER, get);
      List<byte[]> expected = pair.direct.pipeline(round);
      List<byte[]> actual = pair.proxied.pipeline(round);
      for (int i = 0; i < HAMMER; i++) {
        assertThat(text(actual.get(i)))
            .as("%s: GET %s", context, key)
            .isEqualTo(text(expected.get(i)));
      }
    }
  }

  @Test
  void everyCut() {
    List<Commands.Step> steps =
        List.of(
            Commands.array("SET", "hot:a", "1\r\n2"),
            Commands.array("GET", "hot:a"),
            Commands.array("gEt", "hot:none"),
            new Commands.Step("INCR hot:n\r\n".getBytes(US_ASCII), 1),
            new Commands.Step("*0\r\n\r\n".getBytes(US_ASCII), 0),
            Commands.array("MGET", "hot:a", "", "hot:n"),
            Commands.array("MULTI"),
            Commands.array("INCRBY", "hot:n", "12"),
            Commands.array("EXEC"),
            Commands.array("NOSUCH", "a"),
            new Commands.Step("SET 'hot:a' \"\\x00\"\n".getBytes(US_ASCII), 1),
            Commands.array("GET", "hot:a"));
    byte[] bytes = bytes(steps);
    try (Pair pair = pair("2");
        RawClient bystander = heatsink.client()) {
      hammer(pair, "every cut");
      for (int at = 1; at < bytes.length; at++) {
        pair.proxied.sendRaw(bytes, 0, at);
        // Its answer shows that the event loop has gone round since the first part came.
        assertThat(bystander.call("PING")).isEqualTo("+PONG\r\n");
        pair.proxied.sendRaw(bytes, at, bytes.length - at);
        pair.direct.sendRaw(bytes);
        compare("cut at byte " + at, pair, steps);
      }
      for (byte single : bytes) {
        pair.proxied.sendRaw(new byte[] {single});
        bystander.call("PING");
      }
      pair.direct.sendRaw(bytes);
      compare("byte by byte", pair, steps);
    }
  }

  private static byte[] bytes(List<Commands.Step> steps) {
    return RawClient.join(steps.stream().map(step -> step.bytes).toList());
  }

  /** Cuts at random places: sometimes nowhere, sometimes often. */
  private static List<byte[]> cut(byte[] bytes, SplittableRandom random) {
    List<byte[]> parts = new ArrayList<>();
    int cuts = random.nextInt(3) == 0 ? 0 : random.nextInt(12);
    int[] places = random.ints(cuts, 0, bytes.length + 1).sorted().toArray();
    int from = 0;
    for (int place : places) {
      parts.add(Arrays.copyOfRange(bytes, from, place));
      from = place;
    }
    parts.add(Arrays.copyOfRange(bytes, from, bytes.length));
    return parts;
  }

  private static void check(
      String context, Pair pair, List<Commands.Step> steps, List<byte[]> parts) {
    for (byte[] part : parts) {
      pair.direct.sendRaw(part);
      pair.proxied.sendRaw(part);
    }
    compare(context, pair, steps);
  }

  private static void compare(String context, Pair pair, List<Commands.Step> steps) {
    for (int i = 0; i < steps.size(); i++) {
      for (int reply = 0; reply < steps.get(i).replies; reply++) {
        String expected = text(pair.direct.readReply());
        String actual;
        try {
          actual = text(pair.proxied.readReply());
        } catch (UncheckedIOException e) {
          throw new AssertionError(story(context, steps, i) + "\nno reply", e);
        }
        if (!actual.equals(expected)) {
          assertThat(actual).as(story(context, steps, i)).isEqualTo(expected);
        }
      }
    }
  }

  private static String story(String context, List<Commands.Step> steps, int at) {
    StringBuilder story = new StringBuilder(context).append(", command ").append(at);
    for (int i = Math.max(0, at - 30); i <= at; i++) {
      String step = steps.get(i).toString();
      story.append("\n  ").append(step, 0, Math.min(200, step.length()));
    }
    return story.append('\n').toString();
  }

  private static String text(byte[] reply) {
    String text = RawClient.printable(reply);
    return text.length() < 2000 ? text : text.substring(0, 2000) + "… " + Arrays.hashCode(reply);
  }
}
