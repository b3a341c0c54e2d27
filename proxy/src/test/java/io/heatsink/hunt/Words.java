package io.heatsink.hunt;

import io.heatsink.history.Operation;
import io.heatsink.testkit.RawClient;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Makes up what one client says at once. For one thread. */
final class Words {

  /** A key that many have and nobody looks at. */
  private static final String OTHER = "other";

  private static final int MAX_PADDING = 2_000;

  private final List<String> keys;
  private final AtomicLong values;
  private final int writeEvery;
  private final SplittableRandom random;

  /**
   * Makes words about these registers.
   *
   * @param values the last value written by anybody
   * @param writeEvery of so many steps one writes
   */
  Words(List<String> keys, AtomicLong values, int writeEvery, SplittableRandom random) {
    this.keys = keys;
    this.values = values;
    this.writeEvery = writeEvery;
    this.random = random;
  }

  /** The next thing to say. */
  Step next() {
    Step step = new Step();
    if (random.nextInt(writeEvery) == 0) {
      int key = random.nextInt(keys.size());
      get(step, key, random.nextInt(2));
      write(step, key);
      get(step, key, random.nextInt(3));
    } else {
      for (int i = random.nextInt(3); i >= 0; i--) {
        read(step);
      }
    }
    return step;
  }

  private void get(Step step, int key, int times) {
    for (int i = 0; i < times; i++) {
      step.reads(List.of(key), "GET", keys.get(key));
    }
  }

  private void read(Step step) {
    int key = random.nextInt(keys.size());
    switch (random.nextInt(12)) {
      case 0 -> {
        int second = (key + 1 + random.nextInt(keys.size() - 1)) % keys.size();
        step.reads(List.of(key, second), "MGET", keys.get(key), keys.get(second));
      }
      case 1 -> step.reads(List.of(key), "GETRANGE", keys.get(key), "0", "-1");
      default -> get(step, key, 1);
    }
  }

  /** Writes a new value in one of many ways, or removes it. */
  private void write(Step step, int key) {
    String name = keys.get(key);
    if (random.nextInt(6) == 0) {
      remove(step, key, name);
      return;
    }
    long value = values.incrementAndGet();
    String text = text(value);
    String aside = "aside:" + value;
    switch (random.nextInt(13)) {
      case 0 -> step.writes(key, value, "SET", name, text, "EX", "100");
      case 1 -> step.writes(key, value, "PSETEX", name, "100000", text);
      case 2 -> step.writes(key, value, "MSET", OTHER, "1", name, text);
      case 3 -> step.writes(key, value, "GETSET", name, text);
      case 4 -> step.writes(key, value, "EVAL", script("KEYS[1]"), "1", name, text);
      case 5 -> step.writes(key, value, "EVAL", script("'" + name + "'"), "0", text);
      case 6 -> step.writesInTransaction(key, value, "SET", name, text);
      case 7 -> step.says("SET", aside, text).writes(key, value, "RENAME", aside, name);
      case 8 -> {
        step.says("SET", aside, text).writes(key, value, "COPY", aside, name, "REPLACE");
        step.says("DEL", aside);
      }
      case 9 -> step.writes(key, value, "SET", name, text).says("EXPIRE", name, "100");
      case 10 -> writeTwo(step, key, value, text);
      default -> step.writes(key, value, "SET", name, text);
    }
  }

  private void writeTwo(Step step, int key, long value, String text) {
    int second = (key + 1) % keys.size();
    long another = values.incrementAndGet();
    step.writes(key, value, "MSET", keys.get(key), text, keys.get(second), text(another));
    step.alsoWrites(second, another);
  }

  private void remove(Step step, int key, String name) {
    switch (random.nextInt(4)) {
      case 0 -> step.writes(key, Operation.ABSENT, "PEXPIRE", name, "-1");
      case 1 -> step.writes(key, Operation.ABSENT, "RENAME", name, "gone");
      case 2 -> step.writes(key, Operation.ABSENT, "UNLINK", OTHER, name);
      default -> step.writes(key, Operation.ABSENT, "DEL", name);
    }
  }

  private static String script(String key) {
    return "return redis.call('SET', " + key + ", ARGV[#ARGV])";
  }

  private String text(long value) {
    return value + ".".repeat(random.nextInt(8) == 0 ? random.nextInt(MAX_PADDING) : 0);
  }

  /** Commands that travel in one go, and what each of them says about registers. */
  static final class Step {

    /**
     * A register that a command reads or writes.
     *
     * @param command whose reply tells the outcome
     * @param part which of the values in that reply is this register's
     */
    record Effect(int key, boolean isWrite, long value, int command, int part, String name) {}

    final List<byte[]> commands = new ArrayList<>();
    final List<Effect> effects = new ArrayList<>();

    Step says(String... words) {
      commands.add(RawClient.encode(words));
      return this;
    }

    Step writes(int key, long value, String... words) {
      effects.add(new Effect(key, true, value, commands.size(), 0, words[0]));
      return says(words);
    }

    /** The command before writes this register as well. */
    void alsoWrites(int key, long value) {
      Effect before = effects.get(effects.size() - 1);
      effects.add(new Effect(key, true, value, before.command(), 0, before.name()));
    }

    void writesInTransaction(int key, long value, String... words) {
      says("MULTI").says(words);
      effects.add(new Effect(key, true, value, commands.size(), 0, "EXEC"));
      says("EXEC");
    }

    void reads(List<Integer> registers, String... words) {
      for (int i = 0; i < registers.size(); i++) {
        effects.add(new Effect(registers.get(i), false, 0, commands.size(), i, words[0]));
      }
      says(words);
    }
  }
}
