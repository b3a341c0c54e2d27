package io.heatsink.it;

import io.heatsink.Main;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/**
 * A Heatsink in a JVM of its own, with the flags that it is shipped with, so that it can be
 * measured.
 */
final class HeatsinkProcess implements AutoCloseable {

  private static final Path FLAGS = Path.of("..", "config", "jvm.options");
  private static final Path JDK = Path.of(System.getProperty("java.home"), "bin");
  private static final Pattern CLASS = Pattern.compile("^ *\\d+: +\\d+ +(\\d+) +(\\S+)");

  /** A collector fills the gaps between live objects with these; we have none to speak of. */
  private static final String FILLER = "[I";

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = RedisServer.freePort();
  private final int adminPort = RedisServer.freePort();
  private final Process process;

  /** Starts one before this Redis; more options may follow. */
  HeatsinkProcess(RedisServer redis, String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of(JDK.resolve("java").toString()));
    Files.readAllLines(FLAGS).stream().filter(line -> line.startsWith("-")).forEach(command::add);
    // What is softly reachable only is not to be counted.
    command.add("-XX:SoftRefLRUPolicyMSPerMB=0");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    command.addAll(List.of("serve", "--backend", "redis://127.0.0.1:" + redis.port()));
    command.addAll(List.of("--listen", "127.0.0.1:" + port, "--admin", "127.0.0.1:" + adminPort));
    command.addAll(List.of(options));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Awaitility.await().atMost(PATIENCE).until(this::answers);
  }

  private boolean answers() {
    try (RawClient client = client()) {
      return client.call("PING").equals("+PONG\r\n") && metric("heatsink_commands_total") > 0;
    } catch (UncheckedIOException e) {
      return false;
    }
  }

  RawClient client() {
    return RawClient.connect(port);
  }

  /** The samples of {@code /metrics} whose name, with its labels, begins so, added up. */
  double metric(String prefix) {
    URI uri = URI.create("http://127.0.0.1:" + adminPort + "/metrics");
    try {
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(RawClient.TIMEOUT).build();
      return http.send(request, BodyHandlers.ofString())
          .body()
          .lines()
          .filter(line -> line.startsWith(prefix))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** Bytes of all objects that are reachable, and of all memory outside the heap. */
  long liveBytes() throws IOException, InterruptedException {
    List<String> ask =
        List.of(JDK.resolve("jcmd").toString(), Long.toString(process.pid()), "GC.class_histogram");
    long heap =
        Programs.run(PATIENCE, null, "", ask)
            .output()
            .lines()
            .map(CLASS::matcher)
            .filter(line -> line.find() && !line.group(2).equals(FILLER))
            .mapToLong(line -> Long.parseLong(line.group(1)))
            .sum();
    return heap + (long) directBytes();
  }

  /** Bytes of memory outside the heap. */
  double directBytes() {
    return metric("jvm_buffer_memory_used_bytes{id=\"direct\"");
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
