package io.heatsink.benchmarks.load;

import io.heatsink.testkit.RedisBinary;
import io.heatsink.testkit.RedisServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The subjects, started before one backend and ended together. For one thread. */
final class Subjects implements AutoCloseable {

  /** In the order of the table. */
  static final List<String> NAMES =
      List.of(Subject.DIRECT, Subject.HEATSINK, Subject.HEATSINK_OFF, Subject.NUTCRACKER);

  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

  /** Turns every remedy off: what remains forwards. */
  private static final List<String> OFF =
      List.of(
          "--detector-enabled=off", "--cache-enabled=off", "--coalescing=off", "--combining=off");

  private final RedisServer backend;
  private final Path folder;
  private final List<Child> children = new ArrayList<>();
  private final List<Subject> subjects = new ArrayList<>();

  private Subjects(RedisServer backend, Path folder) {
    this.backend = backend;
    this.folder = folder;
  }

  /** Whether this machine has what the subject needs. */
  static boolean isAvailable(String name) {
    return !name.equals(Subject.NUTCRACKER) || RedisBinary.onPath(name) != null;
  }

  /** Starts those named; {@code folder} is for their files. */
  static Subjects start(List<String> names, RedisServer backend, Path folder) {
    Subjects started = new Subjects(backend, folder);
    try {
      for (String name : names) {
        started.subjects.add(started.start(name));
      }
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
      return new Subject(name, backend.port(), null);
    }
    int port = RedisServer.freePort();
    List<String> command =
        switch (name) {
          case Subject.HEATSINK -> heatsink(port, List.of());
          case Subject.HEATSINK_OFF -> heatsink(port, OFF);
          case Subject.NUTCRACKER -> nutcracker(port);
          default -> throw new IllegalArgumentException(name);
        };
    Child child = Child.start(command, folder.resolve(name + ".log"));
    children.add(child);
    child.awaitRedis(port, START_TIMEOUT);
    return new Subject(name, port, child.pid());
  }

  /** With the Java, the JVM flags and the classes of this very process. */
  private List<String> heatsink(int port, List<String> options) {
    RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    jvm.getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Dheatsink."))
        .forEach(command::add);
    command.addAll(List.of("-cp", absolute(jvm.getClassPath()), "io.heatsink.Main", "serve"));
    command.addAll(List.of("--listen=127.0.0.1:" + port, "--admin=127.0.0.1:0"));
    command.add("--backend=redis://127.0.0.1:" + backend.port());
    command.addAll(options);
    return command;
  }

  private static String absolute(String classPath) {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private List<String> nutcracker(int port) {
    Path file = folder.resolve("nutcracker.yml");
    String config =
        """
        bench:
          listen: 127.0.0.1:%d
          hash: fnv1a_64
          distribution: ketama
          redis: true
          servers:
           - 127.0.0.1:%d:1
        """
            .formatted(port, backend.port());
    try {
      Files.writeString(file, config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>();
    command.add(String.valueOf(RedisBinary.onPath(Subject.NUTCRACKER)));
    command.addAll(List.of("--conf-file=" + file, "--stats-addr=127.0.0.1"));
    command.add("--stats-port=" + RedisServer.freePort());
    return command;
  }

  @Override
  public void close() {
    children.forEach(Child::close);
  }
}
