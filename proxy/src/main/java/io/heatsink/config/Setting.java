package io.heatsink.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be set: a key of the file, a variable of the environment and an option of the
 * command line, all three derived from the dotted key. Immutable.
 *
 * @param <T> what the value is once read
 */
public final class Setting<T> {

  /** What every variable of the environment starts with. */
  public static final String VARIABLE_PREFIX = "HEATSINK_";

  private final String key;
  private final List<String> keys;
  private final ValueType<T> type;
  private final @Nullable String min;
  private final @Nullable String max;
  private final @Nullable String defaultText;
  private final String example;
  private final String doc;
  private final boolean isLive;

  private Setting(Builder<T> builder) {
    key = builder.key;
    keys = builder.shortKey == null ? List.of(key) : List.of(builder.shortKey, key);
    type = builder.type;
    min = builder.min;
    max = builder.max;
    defaultText = builder.defaultText;
    example = builder.example;
    doc = builder.doc;
    isLive = builder.isLive;
  }

  static <T> Builder<T> of(String key, ValueType<T> type) {
    return new Builder<>(key, type);
  }

  /** The dotted key, such as {@code clients.idle-timeout}. */
  public String key() {
    return key;
  }

  /** The key and, where there is one, its short form. */
  public List<String> keys() {
    return keys;
  }

  /** Names of the option, the one to show first; none for a secret, which others could see. */
  public List<String> options() {
    if (isSecret()) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (String name : keys) {
      names.add("--" + name.replace('.', '-'));
    }
    return names;
  }

  /** Names of the variable, the one to show first. */
  public List<String> variables() {
    return keys().stream()
        .map(k -> VARIABLE_PREFIX + k.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'))
        .toList();
  }

  /** One sentence for an operator. */
  public String doc() {
    return doc;
  }

  /** What kind of value it takes, with its unit. */
  public String unit() {
    return type.name();
  }

  /** Which values are allowed. */
  public String allowed() {
    return min == null ? type.form() : min + " to " + max;
  }

  /** How the value is written, for who wrote it otherwise. */
  public String form() {
    return type.form();
  }

  /** The default as text; null where the setting is absent unless given. */
  public @Nullable String defaultText() {
    return defaultText;
  }

  /** A valid value other than the default. */
  public String example() {
    return example;
  }

  /** Whether a reload puts a new value in force; otherwise that takes a restart. */
  public boolean isLive() {
    return isLive;
  }

  /** The text of a value fit to be shown: without passwords. */
  public String masked(String text) {
    if (isSecret()) {
      return "***";
    }
    boolean isUrl = isOf(ValueType.URL) || isOf(ValueType.HTTP_URL_OR_OFF);
    return isUrl ? BackendUrl.mask(text) : text;
  }

  /**
   * Reads a value and holds it against the range.
   *
   * @throws IllegalArgumentException with a message that says what is wrong
   */
  T read(String text) {
    T value = type.read(text);
    if (min != null && compare(value, min) < 0) {
      throw new IllegalArgumentException("below the allowed range");
    }
    if (max != null && compare(value, max) > 0) {
      throw new IllegalArgumentException("above the allowed range");
    }
    return value;
  }

  /** Whether two texts that were accepted mean the same; null is a value that was not given. */
  boolean isSame(@Nullable String a, @Nullable String b) {
    if (a == null || b == null) {
      return Objects.equals(a, b);
    }
    return a.equals(b) || read(a).equals(read(b));
  }

  @SuppressWarnings("unchecked")
  private int compare(T value, String bound) {
    return ((Comparable<T>) value).compareTo(type.read(bound));
  }

  private boolean isSecret() {
    return isOf(ValueType.SECRET);
  }

  /** By name: the equality that a record comes with is dear to set up at each start. */
  private boolean isOf(ValueType<?> other) {
    return type.name().equals(other.name());
  }

  @Override
  public String toString() {
    return key;
  }

  /** Collects the columns of one row of the table. */
  static final class Builder<T> {
    private final String key;
    private final ValueType<T> type;
    private @Nullable String shortKey;
    private @Nullable String min;
    private @Nullable String max;
    private @Nullable String defaultText;
    private String example = "";
    private String doc = "";
    private boolean isLive;

    private Builder(String key, ValueType<T> type) {
      this.key = key;
      this.type = type;
    }

    /** A shorter key that means the same. */
    Builder<T> shortly(String alias) {
      shortKey = alias;
      return this;
    }

    /** Bounds, both allowed; only for values that have an order. */
    Builder<T> within(String least, String most) {
      min = least;
      max = most;
      return this;
    }

    Builder<T> byDefault(String text) {
      defaultText = text;
      return this;
    }

    Builder<T> example(String text) {
      example = text;
      return this;
    }

    /** A reload puts a new value in force. */
    Builder<T> live() {
      isLive = true;
      return this;
    }

    Setting<T> doc(String sentence) {
      doc = sentence;
      return new Setting<>(this);
    }
  }
}
