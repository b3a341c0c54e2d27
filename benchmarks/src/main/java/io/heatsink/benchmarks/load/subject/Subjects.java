package io.heatsink.benchmarks.load.subject;

import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The subjects, started before one backend and ended together. For one thread. */
public final class Subjects implements AutoCloseable {

  /** Those that this harness starts, in the order of the table. */
  public static final List<String> NAMES =
      List.of(
          Subject.DIRECT, Subject.NULL, Subject.HEATSINK, Subject.HEATSINK_OFF, Subject.NUTCRACKER);

  /** How long one may take to answer. */
  public static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  /** How long a proxy that was there before may take to find this Redis. */
  private static final Duration FIND_TIMEOUT = Duration.ofSeconds(10);

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

  /**
   * A proxy before some other Redis would be compared with nothing. One that was started before
   * this Redis may need some time to find it.
   */
  private void check(Subject subject) {
    String token = subject.name() + "@" + System.nanoTime();
    launcher.backend().call("SET", TOKEN_KEY, token);
    long deadline = System.nanoTime() + FIND_TIMEOUT.toNanos();
    String reply = askToken(subject);
    while (reply.startsWith("-") && System.nanoTime() < deadline) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
      reply = askToken(subject);
    }
    if (!reply.contains(token)) {
      throw new IllegalStateException(
          subject.name()
              + " does not stand before the Redis at port "
              + launcher.backend().port()
              + " (see --backend-port): "
              + reply.strip());
    }
  }

  private static String askToken(Subject subject) {
    try (RawClient client =
        RawClient.connect(new InetSocketAddress(subject.host(), subject.port()))) {
      return client.call("GET", TOKEN_KEY);
    }
  }

  @Override
  public void close() {
    children.forEach(Child::stop);
    children.forEach(Child::close);
  }
}
