package io.heatsink.benchmarks.load.subject;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The subjects, started before one backend and ended together. For one thread. */
public final class Subjects implements AutoCloseable {

  /** Those that this harness starts, in the order of the table. */
  public static final List<String> NAMES =
      List.of(
          Subject.DIRECT, Subject.NULL, Subject.HEATSINK, Subject.HEATSINK_OFF, Subject.NUTCRACKER);

  /** How long one may take to answer. */
  public static final Duration START_TIMEOUT = Duration.ofSeconds(60);

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
  public static Subjects start(List<String> names, List<Subject> others, Launcher launcher) {
    Subjects started = new Subjects(launcher);
    try {
      names.forEach(started::start);
      started.awaitAll();
      started.subjects.addAll(others);
      started.subjects.stream().filter(Subject::hasBackend).forEach(started::check);
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** Those that run. */
  public List<Subject> all() {
    return List.copyOf(subjects);
  }

  private void start(String name) {
    if (name.equals(Subject.DIRECT)) {
      subjects.add(Subject.local(name, launcher.backend().port(), null));
      return;
    }
    int port = RedisServer.freePort();
    Child child = launcher.start(name, port);
    children.add(child);
    subjects.add(Subject.local(name, port, child.pid()));
  }

  private void awaitAll() {
    for (Child child : children) {
      subjects.stream()
          .filter(subject -> Objects.equals(subject.proxyPid(), child.pid()))
          .forEach(subject -> child.awaitRedis(subject.port(), START_TIMEOUT));
    }
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
    children.forEach(Child::stop);
    children.forEach(Child::close);
  }
}
