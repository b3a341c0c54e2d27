package io.heatsink.benchmarks.startup;

import io.heatsink.Main;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The checkout that this JVM runs from: the flags it ships and the jar that it built. Immutable.
 */
record Checkout(Path root) {

  /** The folder above this program's classes that has the flags of the JVM. */
  static Checkout find() {
    Path classes;
    try {
      classes = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
    for (Path folder = classes; folder != null; folder = folder.getParent()) {
      if (Files.isRegularFile(folder.resolve("config").resolve("jvm.options"))) {
        return new Checkout(folder);
      }
    }
    throw new IllegalStateException("no config/jvm.options above " + classes);
  }

  /** The flags that the launcher gives to a Java of this version. */
  List<String> flags(int javaVersion) {
    List<String> flags = new ArrayList<>();
    flags.add("@" + root.resolve("config/jvm.options"));
    if (javaVersion >= 24) {
      flags.add("@" + root.resolve("config/jvm-24.options"));
    }
    return flags;
  }

  /** The runnable jar of the proxy, or null before it is built. */
  @Nullable Path jar() {
    Path target = root.resolve("proxy").resolve("target");
    if (!Files.isDirectory(target)) {
      return null;
    }
    try (Stream<Path> files = Files.list(target)) {
      return files
          .filter(file -> file.getFileName().toString().matches("heatsink-proxy-.*-all\\.jar"))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .orElse(null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a JVM has to be told to run the proxy: its jar, else the classes of this JVM. */
  List<String> program() {
    Path jar = jar();
    if (jar != null) {
      return List.of("-jar", jar.toString());
    }
    List<String> entries = new ArrayList<>();
    String classPath = ManagementFactory.getRuntimeMXBean().getClassPath();
    for (String entry : classPath.split(File.pathSeparator, -1)) {
      entries.add(Path.of(entry).toAbsolutePath().toString());
    }
    return List.of("-cp", String.join(File.pathSeparator, entries), Main.class.getName());
  }
}
