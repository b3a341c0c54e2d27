package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The flags that Heatsink is shipped with end a JVM without memory, so that it is started anew. */
class OutOfMemoryIT {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  /** Wants more memory than there is. */
  static final class Hog {

    private Hog() {}

    /** Ends by want of memory only. */
    public static void main(String[] args) {
      List<byte[]> all = new ArrayList<>();
      while (all.size() < Integer.MAX_VALUE) {
        all.add(new byte[1024 * 1024]);
      }
    }
  }

  @Test
  void itsExitCodeIs3() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classes = Path.of("target", "test-classes").toAbsolutePath().toString();
    Path config = Path.of("..", "config");
    List<String> command = new ArrayList<>(List.of(java, "@jvm.options", "-Xms16m", "-Xmx16m"));
    command.addAll(List.of("-Xmn4m", "-cp", classes, Hog.class.getName()));
    Programs.Outcome outcome = Programs.run(LIMIT, config, "", command);
    assertThat(outcome.exitCode()).as(outcome.output()).isEqualTo(3);
    assertThat(outcome.output()).contains("OutOfMemoryError");
  }
}
