package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.Gson;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What the Dockerfile's second stage says, done without a container engine: its files in a folder
 * that its user cannot write to, its start-up cache made by its command, its entry point, check and
 * stop, on a JDK 25, with a heap for 128 MB of memory. The base image and the Maven stage are not
 * shown by this.
 */
class ImageIT {

  private static final Path ROOT = Path.of("..");
  private static final String SMALL = "-Xms16m -Xmx40m -Xmn8m -XX:MaxDirectMemorySize=16m";
  private static final long MOST_KILOBYTES = 128 * 1024;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final int port = RedisServer.freePort();
  private final int adminPort = RedisServer.freePort();
  private String dockerfile = "";
  private Path java = Path.of("");
  private Path home = Path.of("");

  @BeforeEach
  void layOut() throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another");
    java = newerJava();
    String all = Files.readString(ROOT.resolve("Dockerfile"));
    dockerfile = all.substring(all.lastIndexOf("\nFROM ")).replace("\\\n", " ");
    home = Files.createTempDirectory("heatsink-image-");
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path config = Files.createDirectory(home.resolve("config"));
    try (Stream<Path> files = Files.list(ROOT.resolve("config"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, config.resolve(file.getFileName()));
      }
    }
    assertThat(dockerfile).contains("COPY --from=build /heatsink.jar heatsink.jar", "COPY config");
    try (Stream<Path> jars = Files.list(Path.of("target"))) {
      Path jar =
          jars.filter(file -> file.toString().matches(".*heatsink-proxy-.*-all\\.jar"))
              .findFirst()
              .orElseThrow();
      Files.copy(jar, home.resolve("heatsink.jar"));
    }
  }

  @AfterEach
  void clear() throws IOException {
    if (!home.toString().isEmpty()) {
      try (Stream<Path> files = Files.walk(home)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static Path newerJava() throws IOException {
    Path homes = Path.of("/usr/lib/jvm");
    assumeTrue(Files.isDirectory(homes), "no JDK 25");
    try (Stream<Path> found = Files.list(homes)) {
      Path bin =
          found
              .filter(path -> path.getFileName().toString().contains("25"))
              .map(path -> path.resolve("bin"))
              .filter(path -> Files.isExecutable(path.resolve("java")))
              .findFirst()
              .orElse(Path.of(""));
      assumeTrue(!bin.toString().isEmpty(), "no JDK 25");
      return bin;
    }
  }

  /** The words of an instruction in its JSON form. */
  private List<String> words(String instruction) {
    Matcher line =
        Pattern.compile("(?m)^\\s*" + instruction + "\\s*(\\[.*\\])$").matcher(dockerfile);
    assertThat(line.find()).as(instruction).isTrue();
    return List.of(new Gson().fromJson(line.group(1), String[].class));
  }

  private ProcessBuilder command(List<String> words) {
    ProcessBuilder builder = new ProcessBuilder(words).directory(home.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("HEATSINK") || name.startsWith("JAVA"));
    environment.put("PATH", java + ":" + environment.get("PATH"));
    environment.put("HEATSINK_LISTEN", "127.0.0.1:" + port);
    environment.put("HEATSINK_ADMIN", "127.0.0.1:" + adminPort);
    environment.put("HEATSINK_JAVA_OPTS", SMALL);
    return builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
  }

  private static List<String> asItsUser(String user, List<String> words) {
    String[] ids = user.split(":", -1);
    List<String> all = new ArrayList<>(List.of("setpriv", "--reuid=" + ids[0], "--no-new-privs"));
    all.addAll(List.of("--regid=" + ids[1], "--clear-groups", "--bounding-set=-all"));
    all.addAll(words);
    return all;
  }

  private int run(List<String> words) throws IOException, InterruptedException {
    Process process = command(words).start();
    assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }

  @Test
  void itIsBuiltRunsAndStops() throws Exception {
    String setpriv = Programs.required("setpriv");
    assertThat(setpriv).isNotEmpty();
    Matcher train = Pattern.compile("(?m)^RUN (java .*)$").matcher(dockerfile);
    assertThat(train.find()).isTrue();
    assertThat(run(List.of("bash", "-c", train.group(1)))).isZero();
    Matcher user = Pattern.compile("(?m)^USER (\\d+:\\d+)$").matcher(dockerfile);
    assertThat(user.find()).isTrue();
    List<String> entry = new ArrayList<>(words("ENTRYPOINT"));
    entry.addAll(words("CMD"));
    try (RedisServer redis = RedisServer.start()) {
      entry.addAll(List.of("--backend", "redis://127.0.0.1:" + redis.port()));
      Process served = command(asItsUser(user.group(1), entry)).start();
      try {
        await().atMost(LIMIT).until(this::answers);
        assertThat(run(asItsUser(user.group(1), words("HEALTHCHECK .* CMD")))).isZero();
        assertThat(status(served, "Uid")).startsWith(user.group(1).split(":", -1)[0]);
        assertThat(Long.parseLong(status(served, "VmHWM").split(" ", -1)[0]))
            .isLessThan(MOST_KILOBYTES);
        served.destroy();
        assertThat(served.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(served.exitValue()).isZero();
      } finally {
        served.destroyForcibly().onExit().join();
      }
    }
  }

  /** A field of the kernel's account of a process, which `exec` has made that of the JVM. */
  private static String status(Process process, String field) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
      return lines
          .filter(line -> line.startsWith(field + ":"))
          .findFirst()
          .orElseThrow()
          .substring(field.length() + 1)
          .strip();
    }
  }

  private boolean answers() {
    try (RawClient client = RawClient.connect(port)) {
      for (int i = 0; i < 1000; i++) {
        client.call("SET", "a", "b");
        client.call("GET", "a");
      }
      return client.call("GET", "a").equals("$1\r\nb\r\n");
    } catch (UncheckedIOException e) {
      return false;
    }
  }
}
