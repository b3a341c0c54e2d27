package io.heatsink.it;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The Node programs of {@code src/test/node}, with the clients that their lock file names. */
public final class NodeClients {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Path SOURCES = Path.of("src", "test", "node");
  private static final Path FOLDER = Path.of("target", "node-clients");
  private static final Path TURN = Path.of("target", "node-clients.turn");
  private static final String LOCK = "package-lock.json";

  private NodeClients() {}

  /** The path of {@code node}; skips the test where this machine has none. */
  public static String node() {
    return Programs.required("node");
  }

  /**
   * The folder to run them in; skips the test where the clients cannot be had. Of test JVMs that
   * run side by side one installs them.
   */
  @SuppressWarnings("try") // the lock is held, not used
  public static synchronized Path installed() throws IOException, InterruptedException {
    Files.createDirectories(FOLDER);
    try (FileChannel turn =
            FileChannel.open(TURN, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock ours = turn.lock()) {
      boolean isInstalled = Files.isDirectory(FOLDER.resolve("node_modules")) && hasThisLock();
      copySources();
      if (!isInstalled) {
        install();
      }
    }
    return FOLDER;
  }

  private static void install() throws IOException, InterruptedException {
    List<String> install =
        List.of(Programs.required("npm"), "ci", "--no-audit", "--no-fund", "--ignore-scripts");
    Programs.Outcome outcome = Programs.run(LIMIT, FOLDER, "", install);
    if (outcome.exitCode() != 0) {
      Files.deleteIfExists(FOLDER.resolve(LOCK));
      Assumptions.abort("npm cannot install the clients: " + outcome.output());
    }
  }

  private static boolean hasThisLock() throws IOException {
    Path lock = FOLDER.resolve(LOCK);
    return Files.exists(lock) && Files.mismatch(SOURCES.resolve(LOCK), lock) < 0;
  }

  private static void copySources() throws IOException {
    try (Stream<Path> files = Files.list(SOURCES)) {
      for (Path file : files.toList()) {
        Path copy = FOLDER.resolve(file.getFileName());
        if (!Files.exists(copy) || Files.mismatch(file, copy) >= 0) {
          Files.copy(file, copy, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }
}
