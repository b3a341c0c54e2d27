package io.heatsink.benchmarks.startup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One way to start the proxy. Immutable.
 *
 * @param name for the table
 * @param command all but the arguments of the program
 */
record Variant(String name, List<String> command) {

  private static final int AOT_CACHE_SINCE = 25;
  private static final long TRAIN_SECONDS = 120;

  /** A Java as it is. */
  static Variant plain(Path home, Checkout checkout) throws IOException {
    String version = version(home);
    return new Variant("Java " + version, command(home, checkout, version, List.of()));
  }

  /**
   * A Java with an archive made by a training run of this very jar, or null where it makes none.
   *
   * @param folder for the archive
   */
  static @Nullable Variant archived(Path home, Checkout checkout, Path folder)
      throws IOException, InterruptedException {
    String version = version(home);
    boolean aot = major(version) >= AOT_CACHE_SINCE;
    Path archive = Files.createTempFile(folder, "archive", aot ? ".aot" : ".jsa");
    Files.delete(archive);
    String make = (aot ? "-XX:AOTCacheOutput=" : "-XX:ArchiveClassesAtExit=") + archive;
    String use = (aot ? "-XX:AOTCache=" : "-XX:SharedArchiveFile=") + archive;
    List<String> train = command(home, checkout, version, List.of(make));
    train.add("train");
    Process training =
        new ProcessBuilder(train)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!training.waitFor(TRAIN_SECONDS, TimeUnit.SECONDS)) {
      training.destroyForcibly();
    }
    if (!Files.isRegularFile(archive) || Files.size(archive) == 0) {
      return null;
    }
    String name = "Java " + version + (aot ? ", AOT cache" : ", AppCDS archive");
    return new Variant(name, command(home, checkout, version, List.of(use)));
  }

  private static List<String> command(
      Path home, Checkout checkout, String version, List<String> more) {
    List<String> command = new ArrayList<>();
    command.add(home.resolve("bin").resolve("java").toString());
    command.addAll(checkout.flags(major(version)));
    command.addAll(more);
    command.addAll(checkout.program());
    return command;
  }

  /** As the file {@code release} of every JDK has it, such as 17.0.15. */
  private static String version(Path home) throws IOException {
    Properties release = new Properties();
    try (var in = Files.newInputStream(home.resolve("release"))) {
      release.load(in);
    }
    return release.getProperty("JAVA_VERSION", "17").replace("\"", "");
  }

  private static int major(String version) {
    return Integer.parseInt(version.replaceAll("[^0-9].*", ""));
  }
}
