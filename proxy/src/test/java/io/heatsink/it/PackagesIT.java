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
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The Debian package and the archive that the build made: what is in them, that dpkg takes them,
 * and that what their unit starts serves and stops. No systemd starts it here.
 */
class PackagesIT {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Installs, installs again and purges the package $1 on a copy of this machine's root. */
  private static final String ON_A_COPY =
      """
      set -e
      mount -t tmpfs none "$2"
      mkdir "$2/new" "$2/work" "$2/root"
      mount -t overlay none -o "lowerdir=/,upperdir=$2/new,workdir=$2/work" "$2/root"
      cp "$1" "$2/root/heatsink.deb"
      mount -t proc none "$2/root/proc"
      mount --rbind /dev "$2/root/dev"
      chroot "$2/root" sh -ec '
        export DEBIAN_FRONTEND=noninteractive
        dpkg --force-depends -i /heatsink.deb
        echo "# mine" >>/etc/heatsink/heatsink.yaml
        dpkg --force-depends --force-confold -i /heatsink.deb
        echo "user $(getent passwd heatsink | cut -d : -f 6,7)"
        echo "kept $(tail -n 1 /etc/heatsink/heatsink.yaml)"
        echo "version $(heatsink --version)"
        touch /opt/heatsink/heatsink.jar.1.jsa
        dpkg --purge heatsink
        echo "left $(find /opt/heatsink /etc/heatsink /usr/bin/heatsink 2>/dev/null)."
      '
      """;

  @TempDir private Path folder = Path.of("");

  private static Path built(String pattern) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target"))) {
      return files
          .filter(file -> file.getFileName().toString().matches(pattern))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Path debian() throws IOException {
    return built("heatsink_.*_all\\.deb");
  }

  private String run(String... command) throws Exception {
    Programs.Outcome outcome = Programs.run(LIMIT, folder, "", List.of(command));
    assertThat(outcome.exitCode()).as(outcome.output()).isZero();
    return outcome.output();
  }

  private Path unpackedDebian() throws Exception {
    String dpkg = Programs.required("dpkg-deb");
    Path tree = folder.resolve("deb");
    run(dpkg, "-x", debian().toAbsolutePath().toString(), tree.toString());
    return tree;
  }

  private Path unpackedArchive() throws Exception {
    Path opt = Files.createDirectories(folder.resolve("tar/opt"));
    String archive = built("heatsink-.*\\.tar\\.gz").toAbsolutePath().toString();
    run("tar", "-xzf", archive, "-C", opt.toString());
    return folder.resolve("tar");
  }

  private static Set<String> files(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      Set<String> names = new TreeSet<>();
      all.filter(file -> !Files.isDirectory(file))
          .forEach(file -> names.add(tree.relativize(file).toString()));
      return names;
    }
  }

  @Test
  void theDebianPackageSaysWhatItNeedsAndWhatIsTheAdministrators() throws Exception {
    String dpkg = Programs.required("dpkg-deb");
    String deb = debian().toAbsolutePath().toString();
    assertThat(run(dpkg, "-f", deb, "Package", "Architecture", "Depends"))
        .contains("Package: heatsink\n", "Architecture: all\n", "java17-runtime-headless")
        .contains("adduser");
    assertThat(run(dpkg, "-f", deb, "Maintainer"))
        .isEqualTo("The Heatsink authors <heatsink@localhost>\n");
    run(dpkg, "-e", deb, folder.resolve("control").toString());
    assertThat(folder.resolve("control/conffiles"))
        .content()
        .isEqualTo("/etc/heatsink/heatsink.yaml\n");
    for (String script : List.of("postinst", "prerm", "postrm")) {
      Path file = folder.resolve("control").resolve(script);
      assertThat(file).isExecutable();
      run("sh", "-n", file.toString());
    }
  }

  @Test
  void bothHoldTheSameFiles() throws Exception {
    Path deb = unpackedDebian();
    Path tar = unpackedArchive();
    assertThat(files(deb.resolve("opt"))).isEqualTo(files(tar.resolve("opt")));
    assertThat(files(deb).stream().filter(file -> !file.startsWith("opt/heatsink/")))
        .containsExactlyInAnyOrder(
            "etc/heatsink/heatsink.yaml",
            "usr/bin/heatsink",
            "usr/lib/systemd/system/heatsink.service");
    assertThat(Files.readSymbolicLink(deb.resolve("usr/bin/heatsink")))
        .isEqualTo(Path.of("/opt/heatsink/heatsink"));
    for (Path tree : List.of(deb, tar)) {
      try (Stream<Path> all = Files.walk(tree.resolve("opt/heatsink"))) {
        for (Path file : all.toList()) {
          boolean runs = Files.isDirectory(file) || file.endsWith("heatsink");
          assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
              .as(file.toString())
              .isEqualTo(runs ? "rwxr-xr-x" : "rw-r--r--");
        }
      }
    }
    String dpkg = Programs.required("dpkg-deb");
    assertThat(run(dpkg, "-c", debian().toAbsolutePath().toString()).lines())
        .allSatisfy(line -> assertThat(line).contains(" root/root "));
  }

  @Test
  void systemdUnderstandsTheUnitAndFindsLittleExposed() throws Exception {
    String analyze = Programs.required("systemd-analyze");
    Path tree = unpackedDebian();
    String said = Files.readString(tree.resolve("usr/lib/systemd/system/heatsink.service"));
    String here = said.replace("=/opt/", "=" + in(tree, "/opt") + "/");
    Path unit = Files.writeString(folder.resolve("heatsink.service"), here);
    assertThat(run(analyze, "--man=no", "verify", unit.toString())).isEmpty();
    Files.writeString(unit, here.replace("ProtectSystem=", "ProtectSystm="));
    assertThat(run(analyze, "--man=no", "verify", unit.toString())).contains("ProtectSystm");
    Files.writeString(unit, here);
    run(analyze, "--no-pager", "--offline=yes", "--threshold=40", "security", unit.toString());
    // A JVM writes the code that it runs.
    assertThat(said).doesNotContainPattern("(?m)^MemoryDenyWriteExecute=(?!no$)");
  }

  @Test
  void whatTheUnitStartsServesAndStops() throws Exception {
    serves(unpackedDebian(), "usr/lib/systemd/system/heatsink.service");
  }

  @Test
  void whatTheArchiveHoldsServesAndStops() throws Exception {
    Path tree = unpackedArchive();
    Files.createDirectories(tree.resolve("etc/heatsink"));
    Files.copy(
        tree.resolve("opt/heatsink/config/heatsink.yaml"),
        tree.resolve("etc/heatsink/heatsink.yaml"));
    serves(tree, "opt/heatsink/config/heatsink.service");
  }

  private void serves(Path tree, String unit) throws Exception {
    String said = Files.readString(tree.resolve(unit));
    Matcher documented = Pattern.compile("(?m)^Documentation=file://(\\S+)$").matcher(said);
    assertThat(documented.find()).isTrue();
    assertThat(in(tree, documented.group(1))).isRegularFile();
    Matcher start = Pattern.compile("(?m)^ExecStart=(.*)$").matcher(said);
    assertThat(start.find()).isTrue();
    List<String> command = new ArrayList<>();
    for (String word : start.group(1).split(" ", -1)) {
      command.add(word.startsWith("/") ? in(tree, word).toString() : word);
    }
    assertThat(command).filteredOn(word -> word.startsWith("/")).hasSize(2);
    assertThat(Path.of(command.get(0))).isExecutable();
    assertThat(files(tree)).contains("etc/heatsink/heatsink.yaml");
    Set<String> before = files(tree);
    int port = RedisServer.freePort();
    try (RedisServer redis = RedisServer.start()) {
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      Path log = folder.resolve("log");
      builder.redirectOutput(log.toFile());
      Map<String, String> environment = builder.environment();
      environment.keySet().removeIf(name -> name.startsWith("HEATSINK"));
      environment.put("JAVA_HOME", System.getProperty("java.home"));
      environment.put("HEATSINK_LISTEN", "127.0.0.1:" + port);
      environment.put("HEATSINK_ADMIN", "127.0.0.1:" + RedisServer.freePort());
      environment.put("HEATSINK_BACKEND_URL", "redis://127.0.0.1:" + redis.port());
      Process served = readOnly(builder, tree).start();
      try {
        await().atMost(LIMIT).until(() -> !served.isAlive() || answers(port));
        assertThat(served.isAlive()).as(Files.readString(log)).isTrue();
        served.destroy();
        assertThat(served.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(served.exitValue()).as(Files.readString(log)).isZero();
      } finally {
        served.destroyForcibly().onExit().join();
      }
    }
    assertThat(files(tree)).isEqualTo(before);
  }

  private static Path in(Path tree, String absolute) {
    return tree.resolve(absolute.substring(1)).toAbsolutePath();
  }

  /** As the unit's user has it: it may read what is installed, and write none of it. */
  private ProcessBuilder readOnly(ProcessBuilder builder, Path tree) throws IOException {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can become another");
    for (Path above : List.of(folder, tree)) {
      Files.setPosixFilePermissions(above, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    List<String> user = List.of("--reuid=65534", "--regid=65534", "--clear-groups");
    builder.command().addAll(0, user);
    builder.command().add(0, Programs.required("setpriv"));
    return builder;
  }

  private static boolean answers(int port) {
    try (RawClient client = RawClient.connect(port)) {
      return client.call("PING").equals("+PONG\r\n")
          && client.call("SET", "a", "b").equals("+OK\r\n")
          && client.call("GET", "a").equals("$1\r\nb\r\n");
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  @Test
  void dpkgInstallsUpgradesAndPurgesIt() throws Exception {
    Programs.required("dpkg");
    String unshare = Programs.required("unshare");
    assumeTrue(mayOverlay(unshare), "this machine lets nobody lay one file system over another");
    String deb = debian().toAbsolutePath().toString();
    Path copy = Files.createDirectory(folder.resolve("copy"));
    String said = run(unshare, "-m", "sh", "-c", ON_A_COPY, "sh", deb, copy.toString());
    assertThat(said).contains("user /nonexistent:/usr/sbin/nologin\n", "kept # mine\n");
    assertThat(said).containsPattern("version .*0\\.1").contains("left .\n");
  }

  private boolean mayOverlay(String unshare) throws Exception {
    String script = ON_A_COPY.substring(0, ON_A_COPY.indexOf("cp ")) + "true";
    Path copy = Files.createDirectory(folder.resolve("try"));
    List<String> command =
        List.of(unshare, "-m", "sh", "-c", script, "sh", "none", copy.toString());
    return Programs.run(LIMIT, folder, "", command).exitCode() == 0;
  }
}
