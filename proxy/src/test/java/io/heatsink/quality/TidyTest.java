package io.heatsink.quality;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rules of style that a compiler does not check; each fault says what to do instead. */
class TidyTest {

  private static final int COLUMNS = 100;
  private static final int METHOD_LINES = 60;
  private static final int CLASS_LINES = 500;

  /** Code that every command passes: nothing there may wait for a lock. */
  private static final Set<String> HOT_PATH =
      Set.of("resp", "command", "policy", "session", "route", "cache", "counter", "upstream");

  private static final Set<String> VAGUE_PACKAGES =
      Set.of("util", "utils", "common", "impl", "manager", "helper", "helpers", "base", "misc");

  private static final Map<String, String> BANNED =
      Map.of(
          "Thread.sleep", "use Awaitility in tests, an event loop's schedule() in the product",
          "TimeUnit.sleep", "use Awaitility in tests, an event loop's schedule() in the product",
          "java.util.Random", "use SplittableRandom with a seed that the failure prints");

  private static final Map<String, String> BANNED_IN_PRODUCT =
      Map.of("System.out", "log it", "System.err", "log it", "System.exit", "return a code");

  /** What talks to a terminal, and so may print. */
  private static final Pattern TERMINAL = Pattern.compile("(Main|\\w*Command|Demo\\w*)\\.java");

  private static final Pattern OPEN_TODO =
      Pattern.compile("\\bTOD[O](?!\\(#\\w+\\))|\\bFIXM[E]\\b");

  private final List<String> faults = new ArrayList<>();

  @Test
  void sourcesAreTidy() throws IOException {
    List<SourceFile> files = sources();
    assertThat(files).isNotEmpty();
    for (SourceFile file : files) {
      checkLines(file);
      checkSizes(file);
      checkPackage(file);
      checkCode(file);
    }
    assertThat(faults).isEmpty();
  }

  @Test
  void aFaultIsSeen() throws IOException {
    Path folder = Files.createTempDirectory("tidy");
    Path path = folder.resolve("Bad.java");
    String code =
        "class Bad { void f() throws Exception {\n Thread.sleep(1); // TO" + "DO later\n%s}}";
    Files.writeString(path, code.formatted("\n".repeat(METHOD_LINES)));
    SourceFile file = SourceFile.read(path);
    checkLines(file);
    checkSizes(file);
    checkCode(file);
    Files.delete(path);
    Files.delete(folder);
    assertThat(faults).hasSize(3);
  }

  private static List<SourceFile> sources() throws IOException {
    List<SourceFile> files = new ArrayList<>();
    for (String module : List.of("proxy", "benchmarks")) {
      Path folder = Path.of("..", module, "src");
      if (Files.isDirectory(folder)) {
        try (Stream<Path> paths = Files.walk(folder)) {
          paths
              .filter(path -> path.toString().endsWith(".java"))
              .map(TidyTest::read)
              .forEach(files::add);
        }
      }
    }
    return files;
  }

  private static SourceFile read(Path path) {
    try {
      return SourceFile.read(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void fault(SourceFile file, int line, String what) {
    faults.add(file.path.getFileName() + ":" + line + ": " + what);
  }

  private void checkLines(SourceFile file) {
    for (int i = 0; i < file.lines.size(); i++) {
      String line = file.lines.get(i);
      if (line.length() > COLUMNS && !line.startsWith("import ")) {
        fault(file, i + 1, "more than " + COLUMNS + " columns: break the line");
      }
      if (OPEN_TODO.matcher(line).find()) {
        fault(file, i + 1, "open end without an issue: write TODO(#number)");
      }
    }
  }

  private void checkSizes(SourceFile file) {
    for (SourceFile.Span method : file.methods) {
      if (method.lines() > METHOD_LINES) {
        String size = method.name() + " has " + method.lines() + " lines";
        fault(file, method.firstLine(), size + ": split it by what its parts do");
      }
    }
    for (SourceFile.Span type : file.classes) {
      if (type.lines() > CLASS_LINES) {
        String size = type.name() + " has " + type.lines() + " lines";
        fault(file, type.firstLine(), size + ": give one of its roles a class of its own");
      }
    }
  }

  private void checkPackage(SourceFile file) {
    String path = file.path.toString().replace('\\', '/');
    int from = path.indexOf("/java/") + "/java/".length();
    String packages = path.substring(from, path.lastIndexOf('/'));
    Arrays.stream(packages.split("/", -1))
        .filter(VAGUE_PACKAGES::contains)
        .forEach(name -> fault(file, 1, "package " + name + ": name what it holds"));
  }

  private void checkCode(SourceFile file) {
    String path = file.path.toString().replace('\\', '/');
    boolean product = path.contains("/proxy/src/main/");
    boolean terminal = TERMINAL.matcher(file.path.getFileName().toString()).matches();
    for (SourceFile.Span use : file.selections) {
      check(file, use, BANNED);
      if (product && !terminal) {
        check(file, use, BANNED_IN_PRODUCT);
      }
    }
    if (product && HOT_PATH.stream().anyMatch(room -> path.contains("/heatsink/" + room + "/"))) {
      file.locks.forEach(
          lock -> fault(file, lock.firstLine(), "synchronized: confine it to one event loop"));
    }
  }

  private void check(SourceFile file, SourceFile.Span use, Map<String, String> banned) {
    String instead = banned.get(use.name());
    if (instead != null) {
      fault(file, use.firstLine(), use.name() + ": " + instead);
    }
  }
}
