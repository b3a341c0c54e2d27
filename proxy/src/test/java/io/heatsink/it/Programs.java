package io.heatsink.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.testkit.RedisBinary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs the programs that a machine may have: redis-cli, redis-benchmark, node, npm. */
final class Programs {

  /** What a program left behind. */
  record Outcome(int exitCode, String output) {}

  private Programs() {}

  /** The program's path; skips the test where this machine has none of that name. */
  static String required(String name) {
    Path program = RedisBinary.onPath(name);
    assumeTrue(program != null, name + " is not on the PATH");
    return String.valueOf(program);
  }

  /** Runs a program to its end, output and errors together. */
  static Outcome run(Duration timeout, @Nullable Path folder, String input, List<String> command)
      throws IOException, InterruptedException {
    Path in = Files.createTempFile("heatsink-it-", ".in");
    Path out = Files.createTempFile("heatsink-it-", ".out");
    try {
      Files.writeString(in, input);
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectInput(in.toFile()).redirectOutput(out.toFile());
      if (folder != null) {
        builder.directory(folder.toFile());
      }
      Process process = builder.start();
      boolean ended = process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
      }
      String output = new String(Files.readAllBytes(out), UTF_8);
      return new Outcome(ended ? process.exitValue() : -1, output);
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }
}
