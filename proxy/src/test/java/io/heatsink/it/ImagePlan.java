package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The last stage of a Dockerfile as a shell has to carry it out: each instruction is read, and one
 * that is not known is an error.
 */
final class ImagePlan {

  private static final Pattern INSTRUCTION = Pattern.compile("([A-Z]+)\\s+(.*)");
  private static final Pattern PAIR = Pattern.compile("([\\w.]+)=\"([^\"]*)\"");

  final Map<String, String> labels = new LinkedHashMap<>();
  final Map<String, String> environment = new LinkedHashMap<>();
  final List<String> ports = new ArrayList<>();
  String base = "";
  String folder = "/";
  String user = "0:0";
  String stopSignal = "";
  List<String> entryPoint = List.of();
  List<String> arguments = List.of();
  List<String> healthCheck = List.of();

  /** What makes the image's files, in {@code $root}. */
  final StringBuilder build = new StringBuilder();

  private final Path context;
  private final Map<String, Path> made;

  private ImagePlan(Path context, Map<String, Path> made) {
    this.context = context;
    this.made = made;
  }

  /**
   * Reads it.
   *
   * @param context the folder that is built from
   * @param made what the stages before have made, by its name there
   */
  static ImagePlan read(Path context, Map<String, Path> made) throws IOException {
    ImagePlan plan = new ImagePlan(context, made);
    String all = Files.readString(context.resolve("Dockerfile")).replaceAll("(?m)^#.*\n", "");
    String stage = all.substring(all.lastIndexOf("\nFROM ")).replaceAll("\\\\\n\\s*", " ");
    for (String line : stage.lines().map(String::strip).filter(each -> !each.isEmpty()).toList()) {
      Matcher instruction = INSTRUCTION.matcher(line);
      assertThat(instruction.matches()).as(line).isTrue();
      plan.take(instruction.group(1), instruction.group(2));
    }
    return plan;
  }

  private void take(String instruction, String text) {
    switch (instruction) {
      case "FROM" -> base = text;
      case "LABEL" -> pairs(text, labels);
      case "ENV" -> pairs(text, environment);
      case "EXPOSE" -> ports.addAll(List.of(text.split(" ", -1)));
      case "USER" -> user = text;
      case "STOPSIGNAL" -> stopSignal = text;
      case "ENTRYPOINT" -> entryPoint = words(text);
      case "CMD" -> arguments = words(text);
      case "HEALTHCHECK" -> healthCheck = words(text.replaceAll("^(--\\S+\\s+)*CMD\\s+", ""));
      case "WORKDIR" -> {
        folder = text;
        build.append("mkdir -p \"$root\"").append(quoted(text)).append('\n');
      }
      case "RUN" -> {
        assertThat(text).doesNotStartWith("--");
        String there = "cd " + quoted(folder) + " && " + text;
        build.append("chroot \"$root\" /bin/sh -c ").append(quoted(there)).append('\n');
      }
      case "COPY" -> copy(text);
      default -> throw new AssertionError("no way is known to carry out " + instruction);
    }
  }

  private void copy(String text) {
    String[] words = text.split(" ", -1);
    boolean isMade = words[0].startsWith("--from=");
    String what = words[isMade ? 1 : 0];
    Path from = isMade ? Objects.requireNonNull(made.get(what), what) : context.resolve(what);
    String to = folder + "/" + words[isMade ? 2 : 1];
    String source = quoted(from.toAbsolutePath().normalize().toString());
    build.append("cp -r ").append(source).append(" \"$root\"").append(quoted(to)).append('\n');
  }

  private static void pairs(String text, Map<String, String> to) {
    Matcher pair = PAIR.matcher(text);
    while (pair.find()) {
      to.put(pair.group(1), pair.group(2));
    }
    assertThat(pair.replaceAll("")).isBlank();
  }

  private static List<String> words(String json) {
    return List.of(new Gson().fromJson(json, String[].class));
  }

  /** A word as a shell reads it. */
  static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }
}
