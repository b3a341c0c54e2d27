package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the commands of README and docs. A fenced block says behind its language {@code run}, or
 * {@code not run: why}; {@code redis-cli -p 6380} and {@code heatsink} speak to the one of this
 * test.
 */
class DocsCommandsIT {

  private static final Path ROOT = Path.of("..");
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern BLOCK = Pattern.compile("(?ms)^( *)```([^\\n]*)\\n(.*?)^ *```$");

  /** A fenced block. */
  private record Block(Path file, String language, String mark, String text) {

    boolean isShell() {
      return List.of("sh", "bash", "shell", "console").contains(language);
    }

    boolean isRun() {
      return isShell() && mark.equals("run");
    }
  }

  @TempDir private Path folder = Path.of("");

  private static List<Block> blocks() throws IOException {
    List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
    }
    List<Block> blocks = new ArrayList<>();
    for (Path file : files) {
      Matcher found = BLOCK.matcher(Files.readString(file));
      while (found.find()) {
        String[] info = found.group(2).strip().split(" ", 2);
        String mark = info.length == 1 ? "" : info[1].strip();
        String text = found.group(3).replaceAll("(?m)^" + found.group(1), "");
        blocks.add(new Block(file, info[0], mark, text));
      }
    }
    return blocks;
  }

  @Test
  void everyBlockOfCommandsIsRunOrSaysWhyNot() throws IOException {
    List<Block> blocks = blocks();
    assertThat(blocks).hasSizeGreaterThan(20);
    assertThat(blocks).allSatisfy(block -> assertThat(block.language()).isNotEmpty());
    assertThat(blocks)
        .filteredOn(Block::isShell)
        .allSatisfy(block -> assertThat(block.mark()).matches("run|not run: .{10,}"));
    assertThat(blocks)
        .filteredOn(block -> !block.isShell())
        .allSatisfy(block -> assertThat(block.text()).doesNotContain("\n$ ").doesNotMatch("^\\$ "));
  }

  @Test
  void commandsDoWhatIsWritten() throws Exception {
    Programs.required("redis-cli");
    try (HeatsinkFixture heatsink = HeatsinkFixture.start()) {
      shims(heatsink);
      Path work = Files.createDirectory(folder.resolve("work"));
      for (Block block : blocks()) {
        if (block.isRun()) {
          run(block, work);
        }
      }
    }
  }

  /** Commands of the names that docs use, which speak to this test's Heatsink. */
  private void shims(HeatsinkFixture heatsink) throws IOException {
    int admin = Objects.requireNonNull(heatsink.heatsink().adminAddress()).getPort();
    String classes = System.getProperty("java.class.path");
    shim(
        "heatsink",
        "export HEATSINK_ADMIN=127.0.0.1:"
            + admin
            + "\n[ $1 != check-config ] || unset HEATSINK_ADMIN\nexec "
            + JAVA
            + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp '"
            + classes
            + "' io.heatsink.Main \"$@\"\n");
    shim(
        "redis-cli",
        "[ \"$1 $2\" = '-p 6380' ] && shift 2\nexec "
            + Programs.required("redis-cli")
            + " -p "
            + heatsink.port()
            + " \"$@\"\n");
  }

  private void shim(String name, String script) throws IOException {
    Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }

  private void run(Block block, Path work) throws Exception {
    if (!block.language().equals("console")) {
      run(block, work, block.text(), List.of());
      return;
    }
    List<String> expected = new ArrayList<>();
    String command = "";
    for (String line : (block.text() + "$ ").split("\n", -1)) {
      if (line.startsWith("$ ") || line.equals("$ ")) {
        if (!command.isEmpty()) {
          run(block, work, command, expected);
        }
        command = line.substring(2);
        expected.clear();
      } else if (!line.isBlank() && !line.equals("...")) {
        expected.add(line);
      }
    }
  }

  private void run(Block block, Path work, String command, List<String> expected) throws Exception {
    String path = folder.resolve("bin") + File.pathSeparator + System.getenv("PATH");
    List<String> shell = List.of("env", "PATH=" + path, "bash", "-euo", "pipefail", "-c", command);
    Programs.Outcome outcome = Programs.run(PATIENCE, work, "", shell);
    String what = block.file().getFileName() + ": " + command + "\n" + outcome.output();
    assertThat(outcome.exitCode()).as(what).isZero();
    List<String> lines = outcome.output().lines().toList();
    assertThat(expected).as(what).allSatisfy(line -> assertThat(lines).contains(line));
  }

  /** Nobody who copies a file from here has to look for what is missing. */
  @Test
  void linksBetweenDocsLeadSomewhere() throws IOException {
    Pattern link = Pattern.compile("\\]\\((?!https?:|#)([^)#\\s]+)(#[^)\\s]+)?\\)");
    Map<Path, List<String>> dead = new TreeMap<>();
    List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      docs.filter(file -> file.toString().endsWith(".md")).forEach(files::add);
    }
    for (Path file : files) {
      Matcher found = link.matcher(Files.readString(file));
      while (found.find()) {
        if (!Files.exists(file.resolveSibling(found.group(1)))) {
          dead.computeIfAbsent(file, none -> new ArrayList<>()).add(found.group(1));
        }
      }
    }
    assertThat(dead).isEmpty();
  }
}
