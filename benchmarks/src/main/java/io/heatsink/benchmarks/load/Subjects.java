package io.heatsink.benchmarks.load;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The subjects, started before one backend and ended together. For one thread. */
final class Subjects implements AutoCloseable {

  /** Those that this harness starts, in the order of the table. */
  static final List<String> NAMES =
      List.of(
          Subject.DIRECT, Subject.NULL, Subject.HEATSINK, Subject.HEATSINK_OFF, Subject.NUTCRACKER);

  static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  private static final String TOKEN_KEY = "bench:token";

  private final Launcher launcher;
  private final List<Child> children = new ArrayList<>();
  private final List<Subject> subjects = new ArrayList<>();

  private Subjects(Launcher launcher) {
    this.launcher = launcher;
  }

  /**
   * Starts those named, and takes others as they are.
   *
   * @throws IllegalStateException where one does not answer, or not from this backend
   */
  static Subjects start(List<String> names, List<Subject> others, Launcher launcher) {
    Subjects started = new Subjects(launcher);
    try {
      for (String name : names) {
        started.subjects.add(started.start(name));
      }
      started.subjects.addAll(others);
      started.subjects.stream().filter(Subject::hasBackend).forEach(started::check);
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  List<Subject> all() {
    return List.copyOf(subjects);
  }

  private Subject start(String name) {
    if (name.equals(Subject.DIRECT)) {
      return Subject.local(name, launcher.backend().port(), null);
    }
    int port = RedisServer.freePort();
    Child child = launcher.start(name, port);
    children.add(child);
    child.awaitRedis(port, START_TIMEOUT);
    return Subject.local(name, port, child.pid());
  }

  /** A proxy before some other Redis would be compared with nothing. */
  private void check(Subject subject) {
    String token = subject.name() + "@" + System.nanoTime();
    launcher.backend().call("SET", TOKEN_KEY, token);
    String reply;
    try (RawClient client =
        RawClient.connect(new InetSocketAddress(subject.host(), subject.port()))) {
      reply = client.call("GET", TOKEN_KEY);
    }
    if (!reply.contains(token)) {
      throw new IllegalStateException(
          subject.name()
              + " does not stand before the Redis at port "
              + launcher.backend().port()
              + ": see --backend-port");
    }
  }

  @Override
  public void close() {
    children.forEach(Child::close);
  }
}
