package io.heatsink.differential;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a command may be said with: a node of its syntax. As text {@code [a]} may be missing, {@code
 * (a|b)} is one of them, {@code (a b)...} may be repeated, {@code name:type} is a value and any
 * other word stands for itself.
 *
 * @param name of a value, or the word itself
 * @param type of a value: key, string, integer, double, unix-time or pattern
 */
record Argument(Kind kind, String name, String type, List<Argument> parts) {

  enum Kind {
    WORD,
    VALUE,
    SEQUENCE,
    CHOICE,
    OPTIONAL,
    REPEATED
  }

  private static final Pattern PARTS = Pattern.compile("\\.\\.\\.|[\\[\\]()|]|[^\\s\\[\\]()|.]+");

  private static Argument word(String word) {
    return new Argument(Kind.WORD, word, "", List.of());
  }

  private static Argument value(String name, String type) {
    return new Argument(Kind.VALUE, name, type, List.of());
  }

  private static Argument of(Kind kind, List<Argument> parts) {
    return new Argument(kind, "", "", List.copyOf(parts));
  }

  /** All of them, in this order. */
  static Argument sequence(List<Argument> parts) {
    return parts.size() == 1 ? parts.get(0) : of(Kind.SEQUENCE, parts);
  }

  /** From the {@code arguments} of {@code COMMAND DOCS}. */
  static Argument ofDocs(Reply arguments) {
    return sequence(arguments.parts().stream().map(Argument::ofDoc).toList());
  }

  private static Argument ofDoc(Reply doc) {
    Map<String, Reply> fields = Catalog.fields(doc);
    String type = Catalog.text(fields, "type");
    String token = Catalog.text(fields, "token");
    List<String> flags =
        fields.containsKey("flags")
            ? fields.get("flags").parts().stream().map(Reply::text).toList()
            : List.of();
    Argument node =
        switch (type) {
          case "pure-token" -> word(token);
          case "oneof" -> of(Kind.CHOICE, children(fields));
          case "block" -> sequence(children(fields));
          default -> value(Catalog.text(fields, "name"), type);
        };
    boolean tokenFirst = !token.isEmpty() && !type.equals("pure-token");
    if (flags.contains("multiple_token")) {
      node = of(Kind.REPEATED, List.of(sequence(List.of(word(token), node))));
    } else {
      node = flags.contains("multiple") ? of(Kind.REPEATED, List.of(node)) : node;
      node = tokenFirst ? sequence(List.of(word(token), node)) : node;
    }
    return flags.contains("optional") ? of(Kind.OPTIONAL, List.of(node)) : node;
  }

  private static List<Argument> children(Map<String, Reply> fields) {
    Reply children = fields.get("arguments");
    return children == null ? List.of() : children.parts().stream().map(Argument::ofDoc).toList();
  }

  /** From text, as {@link #toString} writes it. */
  static Argument parse(String text) {
    Deque<String> words = new ArrayDeque<>();
    Matcher matcher = PARTS.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return parseUntil(words, "");
  }

  /** A choice of sequences, up to and with this bracket or the end. */
  private static Argument parseUntil(Deque<String> words, String end) {
    List<Argument> choices = new ArrayList<>();
    List<Argument> sequence = new ArrayList<>();
    while (!words.isEmpty()) {
      String word = words.remove();
      if (word.equals(end)) {
        break;
      }
      switch (word) {
        case "|" -> {
          choices.add(sequence(sequence));
          sequence = new ArrayList<>();
        }
        case "(" -> sequence.add(parseUntil(words, ")"));
        case "[" -> sequence.add(of(Kind.OPTIONAL, List.of(parseUntil(words, "]"))));
        case "..." ->
            sequence.add(of(Kind.REPEATED, List.of(sequence.remove(sequence.size() - 1))));
        default -> sequence.add(leaf(word));
      }
    }
    if (choices.isEmpty()) {
      return sequence(sequence);
    }
    choices.add(sequence(sequence));
    return of(Kind.CHOICE, choices);
  }

  private static Argument leaf(String word) {
    int colon = word.indexOf(':');
    boolean isValue = colon > 0 && word.equals(word.toLowerCase(Locale.ROOT));
    return isValue ? value(word.substring(0, colon), word.substring(colon + 1)) : word(word);
  }

  /** Whether a value of this name is in it. */
  boolean has(String valueName) {
    boolean here = kind == Kind.VALUE && name.equals(valueName);
    return here || parts.stream().anyMatch(part -> part.has(valueName));
  }

  @Override
  public String toString() {
    Stream<String> texts = parts.stream().map(Argument::toString);
    return switch (kind) {
      case WORD -> name;
      case VALUE -> name + ":" + type;
      case SEQUENCE -> texts.collect(Collectors.joining(" "));
      case CHOICE -> texts.collect(Collectors.joining("|", "(", ")"));
      case OPTIONAL -> "[" + parts.get(0) + "]";
      case REPEATED -> "(" + parts.get(0) + ")...";
    };
  }
}
