package io.heatsink.differential;

import io.heatsink.differential.Catalog.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/** Makes up commands of a given shape, now and then a wrong one. */
final class Sentences {

  private final SplittableRandom random;
  private final Vocabulary vocabulary;

  /** What the command being made has said so far: how many keys, and how many it announced. */
  private Shape shape = new Shape("", "", java.util.Set.of(), Argument.sequence(List.of()));

  private int announced;
  private int keys;

  Sentences(SplittableRandom random) {
    this.random = random;
    this.vocabulary = new Vocabulary(random.split());
  }

  /** The words of one command. */
  List<byte[]> say(Shape what) {
    shape = what;
    announced = -1;
    keys = 0;
    List<String> words = new ArrayList<>(what.words());
    write(what.arguments(), words);
    spoil(words);
    return words.stream().map(Vocabulary::bytes).toList();
  }

  private void write(Argument argument, List<String> words) {
    switch (argument.kind()) {
      case WORD -> words.add(argument.name());
      case VALUE -> words.add(value(argument));
      case SEQUENCE -> argument.parts().forEach(part -> write(part, words));
      case CHOICE -> write(vocabulary.pick(choices(argument)), words);
      case OPTIONAL -> {
        if (!isLeftOut(argument, words) && wants(argument)) {
          write(argument.parts().get(0), words);
        }
      }
      case REPEATED -> repeat(argument.parts().get(0), words);
    }
  }

  /** Without {@code *}: the server's clock makes that id. */
  private static List<Argument> choices(Argument argument) {
    return argument.parts().stream()
        .filter(part -> part.kind() != Argument.Kind.WORD || !part.name().equals("*"))
        .toList();
  }

  /** Options whose effect is not the same on two servers, whatever stands between. */
  private boolean isLeftOut(Argument argument, List<String> words) {
    return switch (shape.name()) {
      // It would keep the order of a set, which is random.
      case "sort" -> argument.has("destination") || isCutAtRandom(argument, words);
      case "sort_ro" -> isCutAtRandom(argument, words);
      // A connection's number is each server's own; how many keys one broadcast names is a matter
      // of how many commands one turn of the server's event loop found.
      case "client|tracking" -> argument.has("client-id") || argument.toString().equals("[BCAST]");
      default -> false;
    };
  }

  /**
   * A page of what BY leaves in the order of a set: by no key at all, or by texts that are none.
   */
  private static boolean isCutAtRandom(Argument argument, List<String> words) {
    int by = words.indexOf("BY");
    if (by < 0) {
      return false;
    }
    boolean sorts = words.get(by + 1).contains("*");
    return argument.has("offset")
        ? !sorts
        : argument.toString().equals("[ALPHA]") && words.contains("LIMIT");
  }

  private boolean wants(Argument argument) {
    if (shape.subscribes()) {
      // To leave all channels is to leave them in the order of a hash table.
      return true;
    }
    if (announced >= 0 && argument.has("key")) {
      return announced > 0;
    }
    return random.nextInt(5) < 2;
  }

  private void repeat(Argument part, List<String> words) {
    int times = 1;
    while (times < 4 && random.nextInt(5) < 2) {
      times++;
    }
    boolean isKey = part.kind() == Argument.Kind.VALUE && part.type().equals("key");
    if (announced >= 0 && (isKey || part.has("weight"))) {
      times = announced;
    } else if (part.has("id") && keys > 0 && shape.name().startsWith("xread")) {
      times = keys;
    }
    for (int i = 0; i < times; i++) {
      write(part, words);
    }
  }

  private String value(Argument argument) {
    if (argument.type().equals("key")) {
      keys++;
      return vocabulary.key(shape.group(), shape.flags().contains("write"));
    }
    if (argument.name().equals("numkeys")) {
      announced = random.nextInt(4);
      return random.nextInt(25) == 0 ? "7" : Integer.toString(announced);
    }
    return vocabulary.value(argument, shape.name(), shape.group());
  }

  /** A wrong number of words, other letters: nothing that could make a time-out of something. */
  private void spoil(List<String> words) {
    switch (random.nextInt(40)) {
      case 0 -> {
        if (!shape.subscribes()) {
          words.remove(words.size() - 1);
        }
      }
      case 1 -> words.add("extra");
      case 2, 3 -> words.set(0, words.get(0).toUpperCase(Locale.ROOT));
      case 4 ->
          words.set(
              0, words.get(0).substring(0, 1).toUpperCase(Locale.ROOT) + words.get(0).substring(1));
      default -> {}
    }
    if (words.isEmpty()) {
      words.add("");
    }
  }
}
