package io.heatsink.benchmarks.load.subject;

import io.heatsink.benchmarks.load.generator.Generator;
import io.heatsink.benchmarks.load.generator.Order;
import io.heatsink.testkit.RedisBinary;
import io.heatsink.testkit.RedisServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.RuntimeMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts processes before one backend. Immutable.
 *
 * @param folder for their files
 */
public record Launcher(RedisServer backend, Path folder) {

  /** Turns every remedy off: what remains forwards. */
  private static final List<String> OFF =
      List.of(
          "--detector-enabled=off", "--cache-enabled=off", "--coalescing=off", "--combining=off");

  /** The generator is no subject: it has the memory that it likes, and no checks. */
  private static final List<String> GENERATOR_FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms128m",
          "-Xmn64m",
          "-Xmx1g",
          "-XX:-UsePerfData",
          "-Dio.netty.leakDetection.level=disabled",
          "-Dio.netty.buffer.checkAccessible=false",
          "-Dio.netty.buffer.checkBounds=false");

  /** Whether this machine has what the subject needs. */
  public static boolean has(String name) {
    return !name.equals(Subject.NUTCRACKER) || RedisBinary.onPath(name) != null;
  }

  /** Starts a subject, which may not answer yet. */
  public Child start(String name, int port) {
    List<String> command =
        switch (name) {
          case Subject.NULL -> java(NullServer.class.getName(), Integer.toString(port));
          case Subject.HEATSINK -> heatsink(port, List.of());
          case Subject.HEATSINK_OFF -> heatsink(port, OFF);
          case Subject.NUTCRACKER -> nutcracker(port);
          default -> throw new IllegalArgumentException(name);
        };
    return Child.start(command, folder.resolve(name + ".log"));
  }

  /** Starts a load. */
  public Child generator(Order order) {
    List<String> command = new ArrayList<>(List.of(javaBinary()));
    // What a newer Java needs to be quiet about native code comes along, nothing else.
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(command::add);
    command.addAll(GENERATOR_FLAGS);
    command.addAll(List.of("-cp", classPath(), Generator.class.getName()));
    command.addAll(order.arguments());
    return Child.converse(command, folder.resolve("generator.log"));
  }

  /** With the Java, the JVM flags and the classes of this very process. */
  private List<String> java(String... mainAndArguments) {
    RuntimeMXBean jvm = ManagementFactory.getRuntimeMXBean();
    List<String> command = new ArrayList<>(List.of(javaBinary()));
    jvm.getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Dheatsink."))
        .forEach(command::add);
    command.addAll(List.of("-cp", classPath()));
    command.addAll(List.of(mainAndArguments));
    return command;
  }

  private static String javaBinary() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  private List<String> heatsink(int port, List<String> options) {
    List<String> command = java("io.heatsink.Main", "serve");
    command.addAll(List.of("--listen=127.0.0.1:" + port, "--admin=127.0.0.1:0"));
    command.add("--backend=redis://127.0.0.1:" + backend.port());
    command.addAll(options);
    return command;
  }

  private static String classPath() {
    List<String> entries = new ArrayList<>();
    String own = ManagementFactory.getRuntimeMXBean().getClassPath();
    for (String entry : own.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, entries);
  }

  private List<String> nutcracker(int port) {
    Path file = folder.resolve("nutcracker-" + port + ".yml");
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
}
