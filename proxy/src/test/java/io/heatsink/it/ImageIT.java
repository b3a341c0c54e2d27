package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the Dockerfile's second stage says, done without a container engine: every instruction, on a
 * copy of this machine's root file system in the place of the base image; then the entry point as
 * process 1 of its own, as its user without capabilities, on a root that nobody can write to, in
 * 128 MB of memory. The base image and the Maven stage are not shown by this.
 */
class ImageIT {

  private static final Path ROOT = Path.of("..");
  private static final String SMALL = "-Xms16m -Xmx40m -Xmn8m -XX:MaxDirectMemorySize=16m";
  private static final long MOST_BYTES = 128 * 1024 * 1024;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** Makes {@code $root}, over this machine's, in {@code $1}. */
  private static final String COPY =
      """
      set -e
      mount -t tmpfs none "$1"
      root=$1/root
      mkdir "$1/new" "$1/work" "$root"
      mount -t overlay none -o "lowerdir=/,upperdir=$1/new,workdir=$1/work" "$root"
      mount -t proc none "$root/proc"
      mount --rbind /dev "$root/dev"
      """;

  /** Has it read-only but for /tmp, as the manifests have it, and joins the group $2 if any. */
  private static final String SHUT =
      """
      umount "$root/proc"
      mount -o remount,ro "$root"
      if touch "$root/written" 2>/dev/null; then exit 97; fi
      mount -t tmpfs none "$root/tmp"
      [ -z "$2" ] || echo $$ >"$2/cgroup.procs"
      exec unshare --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" \
      """;

  @TempDir private Path folder = Path.of("");

  private final int port = RedisServer.freePort();
  private final int adminPort = RedisServer.freePort();
  private Path java = Path.of("");
  private Path group = Path.of("");

  @BeforeEach
  void find() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another");
    for (String program : List.of("setpriv", "unshare", "nsenter", "chroot")) {
      assertThat(Programs.required(program)).isNotEmpty();
    }
    java = newerJava();
    Path attempt = Files.createDirectory(folder.resolve("attempt"));
    List<String> copy = List.of("unshare", "-m", "sh", "-c", COPY, "sh", attempt.toString());
    assumeTrue(
        Programs.run(LIMIT, folder, "", copy).exitCode() == 0,
        "this machine lets nobody lay one file system over another");
  }

  @AfterEach
  void clear() throws IOException {
    if (!group.toString().isEmpty()) {
      await().atMost(LIMIT).until(() -> group.toFile().delete() || !Files.exists(group));
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

  private static Path jar() throws IOException {
    try (Stream<Path> jars = Files.list(Path.of("target"))) {
      return jars.filter(file -> file.toString().matches(".*heatsink-proxy-.*-all\\.jar"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static ImagePlan plan() throws IOException {
    return ImagePlan.read(ROOT, Map.of("/heatsink.jar", jar()));
  }

  /**
   * A group of processes that may use so much memory; "" where this machine lets nobody make one.
   */
  private String limited() {
    String name = "heatsink-image-" + ProcessHandle.current().pid();
    for (String[] kind :
        new String[][] {
          {"/sys/fs/cgroup/memory", "memory.limit_in_bytes"}, {"/sys/fs/cgroup", "memory.max"}
        }) {
      Path made = Path.of(kind[0], name);
      try {
        Files.createDirectory(made);
        group = made;
        if (Files.exists(made.resolve(kind[1]))) {
          Files.writeString(made.resolve(kind[1]), Long.toString(MOST_BYTES));
          return made.toString();
        }
        Files.delete(made);
      } catch (IOException e) {
        System.out.println("no group with a limit of memory: " + e);
      }
    }
    return "";
  }

  private List<String> asItsUser(ImagePlan plan, String admin) {
    String[] ids = plan.user.split(":", -1);
    List<String> all = new ArrayList<>(List.of("setpriv", "--reuid=" + ids[0], "--no-new-privs"));
    all.addAll(List.of("--regid=" + ids[1], "--clear-groups", "--bounding-set=-all"));
    all.addAll(List.of("env", "-i", "PATH=" + path()));
    plan.environment.forEach((name, value) -> all.add(name + "=" + value));
    all.add("HEATSINK_LISTEN=127.0.0.1:" + port);
    all.add("HEATSINK_ADMIN=" + admin);
    all.add("HEATSINK_JAVA_OPTS=" + SMALL);
    all.addAll(List.of("sh", "-c", "cd '" + plan.folder + "' && exec \"$@\"", "sh"));
    return all;
  }

  private String path() {
    return java + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  }

  private Process start(ImagePlan plan, int redis) throws IOException {
    List<String> words = asItsUser(plan, "127.0.0.1:" + adminPort);
    words.addAll(plan.entryPoint);
    words.addAll(plan.arguments);
    words.addAll(List.of("--backend", "redis://127.0.0.1:" + redis));
    String run = words.stream().map(ImagePlan::quoted).collect(Collectors.joining(" "));
    Path script = folder.resolve("script");
    Files.writeString(script, COPY + plan.build + SHUT + run + "\n");
    Path copy = Files.createDirectory(folder.resolve("copy"));
    String[] command = {"unshare", "-m", "sh", script.toString(), copy.toString(), limited()};
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.matches("(HEATSINK|JAVA|JDK).*"));
    builder.environment().put("PATH", path());
    return builder.redirectOutput(folder.resolve("log").toFile()).start();
  }

  private int check(ImagePlan plan, long process, String admin) throws Exception {
    List<String> words = new ArrayList<>(List.of("nsenter", "-t", Long.toString(process)));
    words.addAll(List.of("-m", "-p", "-r", "-w"));
    words.addAll(asItsUser(plan, admin));
    words.addAll(plan.healthCheck);
    return Programs.run(LIMIT, folder, "", words).exitCode();
  }

  @Test
  void itIsBuiltRunsAndStops() throws Exception {
    ImagePlan plan = plan();
    try (RedisServer redis = RedisServer.start()) {
      Process served = start(plan, redis.port());
      try {
        await().atMost(LIMIT).until(() -> !served.isAlive() || answers());
        String log = Files.readString(folder.resolve("log"));
        assertThat(served.isAlive()).as(log).isTrue();
        ProcessHandle first = served.children().findFirst().orElseThrow();
        assertThat(check(plan, first.pid(), "127.0.0.1:" + adminPort)).isZero();
        assertThat(check(plan, first.pid(), "127.0.0.1:1")).isNotZero();
        assertThat(check(plan, first.pid(), "off")).isZero();
        assertThat(status(first, "NSpid").split("\\s+", -1)).endsWith("1");
        assertThat(status(first, "Name")).isEqualTo("java");
        assertThat(status(first, "Uid")).startsWith(plan.user.split(":", -1)[0]);
        assertThat(status(first, "CapEff")).matches("0+");
        long kilobytes = Long.parseLong(status(first, "VmHWM").split(" ", -1)[0]);
        System.out.printf("image: %d kB at most, group '%s'%n", kilobytes, group);
        assertThat(1024 * kilobytes).isLessThan(MOST_BYTES);
        assertThat(plan.stopSignal).isEqualTo("SIGTERM");
        assertThat(first.destroy()).isTrue();
        assertThat(served.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(served.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
        assertThat(Files.readString(folder.resolve("log"))).contains("every client was seen off");
      } finally {
        served.descendants().forEach(ProcessHandle::destroyForcibly);
        served.destroyForcibly().onExit().join();
      }
    }
  }

  @Test
  void itSaysWhatItIsAndWhereItListens() throws Exception {
    ImagePlan plan = plan();
    assertThat(plan.base).startsWith("eclipse-temurin:25-jre");
    assertThat(plan.labels)
        .containsKeys("org.opencontainers.image.title", "org.opencontainers.image.description");
    for (String port : plan.ports) {
      assertThat(plan.environment.values()).anyMatch(value -> value.endsWith(":" + port));
    }
    try (JarFile jar = new JarFile(jar().toFile())) {
      for (String machine : List.of("x86_64", "aarch_64")) {
        String library = "META-INF/native/libnetty_transport_native_epoll_" + machine + ".so";
        assertThat(jar.getEntry(library)).as(library).isNotNull();
      }
    }
  }

  /** A field of the kernel's account of a process, which `exec` has made that of the JVM. */
  private static String status(ProcessHandle process, String field) throws IOException {
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
