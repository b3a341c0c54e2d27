package io.heatsink.testkit;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import redis.embedded.core.ExecutableProvider;

/**
 * The programs of a Redis installation. {@code redis-server} is always found: the one that {@code
 * REDIS_SERVER} names, else the one on the PATH, else the one inside the embedded-redis artifact.
 * Anything else may be absent.
 */
public final class RedisBinary {

  private static @Nullable Path bundled;

  private RedisBinary() {}

  /** The server to start. */
  public static Path server() throws IOException {
    String named = System.getenv("REDIS_SERVER");
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    Path installed = onPath("redis-server");
    return installed != null ? installed : bundledServer();
  }

  /** The server that the embedded-redis artifact carries, unpacked once for this JVM. */
  public static synchronized Path bundledServer() throws IOException {
    Path file = bundled;
    if (file == null) {
      Path folder = Files.createTempDirectory("heatsink-redis-binary-");
      folder.toFile().deleteOnExit();
      file = ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath();
      file.toFile().deleteOnExit();
      bundled = file;
    }
    return file;
  }

  /** An executable on the PATH, null where this machine has none of that name. */
  public static @Nullable Path onPath(String program) {
    String path = System.getenv("PATH");
    if (path == null) {
      return null;
    }
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path file = Path.of(folder).resolve(program);
      if (!folder.isBlank() && Files.isExecutable(file) && !Files.isDirectory(file)) {
        return file;
      }
    }
    return null;
  }
}
