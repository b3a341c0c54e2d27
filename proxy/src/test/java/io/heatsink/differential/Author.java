package io.heatsink.differential;

import io.heatsink.differential.Catalog.Shape;
import io.heatsink.differential.Script.Form;
import io.heatsink.differential.Script.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** Writes conversations over the whole command table. */
final class Author {

  /** Said more often than the others: what Heatsink does something about, or lives by. */
  private static final Map<String, Integer> FAVOURITES =
      Map.ofEntries(
          Map.entry("get", 90),
          Map.entry("mget", 10),
          Map.entry("strlen", 6),
          Map.entry("hgetall", 6),
          Map.entry("set", 20),
          Map.entry("incr", 30),
          Map.entry("incrby", 12),
          Map.entry("decr", 8),
          Map.entry("decrby", 6),
          Map.entry("del", 8),
          Map.entry("lpush", 6),
          Map.entry("sadd", 6),
          Map.entry("hset", 6),
          Map.entry("zadd", 6),
          Map.entry("xadd", 6),
          Map.entry("publish", 4),
          Map.entry("select", 6),
          Map.entry("multi", 5),
          Map.entry("exec", 12),
          Map.entry("discard", 3),
          Map.entry("watch", 4));

  /** Now and then: they end what others have begun. */
  private static final Set<String> RARE = Set.of("flushall", "flushdb", "swapdb", "quit");

  private static final Set<String> HOTTEST =
      Set.of("get", "incr", "decr", "incrby", "strlen", "hgetall");

  /** Of the key that is their second word, and of no other. */
  private static final Set<String> ONE_KEY =
      Set.of(
          "get",
          "set",
          "incr",
          "decr",
          "incrby",
          "append",
          "getset",
          "getdel",
          "setrange",
          "strlen",
          "expire",
          "persist",
          "type");

  private static final int SELDOM = 6;
  private static final int ORDINARY = 10;

  /** Those from this number on may block, subscribe and track; the others stay on shared pipes. */
  private static final int FIRST_TIED = 2;

  private static final List<String> BROKEN =
      List.of(
          "*x\r\n",
          "*1\r\n:3\r\n",
          "*2\r\n$3\r\nGET\r\n$-5\r\n",
          "SET \"a\r\n",
          "*1\r\n$9999999999\r\n");

  private final List<Shape> shapes;
  private final List<Shape> bag = new ArrayList<>();
  private final List<Shape> untiedBag;
  private final List<Shape> reads;
  private final List<Shape> ofOneKey;
  private final List<Shape> hottest;
  private final Set<Integer> inMulti = new HashSet<>();
  private final Map<String, Integer> said = new HashMap<>();

  Author(Catalog catalog) {
    shapes = catalog.sayable();
    for (Shape shape : shapes) {
      int ordinary = RARE.contains(shape.name()) ? SELDOM : ORDINARY;
      int weight = ordinary + ORDINARY * FAVOURITES.getOrDefault(shape.name(), 0);
      for (int i = 0; i < weight; i++) {
        bag.add(shape);
      }
    }
    untiedBag = bag.stream().filter(shape -> !shape.ties()).toList();
    reads = untiedBag.stream().filter(Shape::isRead).toList();
    ofOneKey = untiedBag.stream().filter(shape -> ONE_KEY.contains(shape.name())).toList();
    hottest = untiedBag.stream().filter(shape -> HOTTEST.contains(shape.name())).toList();
  }

  /** A conversation of so many commands or a few more; the same for the same seed. */
  Script write(long seed, int length) {
    SplittableRandom random = new SplittableRandom(seed);
    Sentences sentences = new Sentences(random.split());
    inMulti.clear();
    List<Step> steps = new ArrayList<>();
    for (int batch = 0; steps.size() < length; batch++) {
      switch (random.nextInt(16)) {
        case 0 -> crowd(batch, random, sentences, steps);
        case 1 -> apart(batch, random, sentences, steps);
        case 2 -> burst(batch, random, sentences, steps);
        default -> pipeline(batch, random, sentences, steps);
      }
    }
    return new Script(seed, List.copyOf(steps));
  }

  /** All clients read at the same time: whatever their order, the answers are the same. */
  private void crowd(int batch, SplittableRandom random, Sentences words, List<Step> steps) {
    for (int client = 0; client < Script.CLIENTS; client++) {
      int count = 1 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        Shape shape = reads.get(random.nextInt(reads.size()));
        steps.add(ownScript(step(batch, client, shape, random, words), shape, random));
      }
    }
  }

  /** What one client's EVAL_RO has Redis know, no other asks for by its digest. */
  private static Step ownScript(Step step, Shape shape, SplittableRandom random) {
    boolean isDigest = shape.name().equals("evalsha_ro") && random.nextBoolean();
    if (step.words().size() < 2 || !(isDigest || shape.name().equals("eval_ro"))) {
      return step;
    }
    String script = Vocabulary.scriptOf(step.client(), random);
    List<byte[]> own = new ArrayList<>(step.words());
    own.set(1, Vocabulary.bytes(isDigest ? Vocabulary.sha1(script) : script));
    return new Step(step.batch(), step.client(), step.form(), own);
  }

  /** All clients write at the same time, each keys of its own. */
  private void apart(int batch, SplittableRandom random, Sentences words, List<Step> steps) {
    for (int client = 0; client < Script.CLIENTS; client++) {
      int count = 1 + random.nextInt(24);
      for (int i = 0; i < count; i++) {
        Shape shape = ofOneKey.get(random.nextInt(ofOneKey.size()));
        Step step = step(batch, client, shape, random, words);
        if (step.words().size() > 1) {
          List<byte[]> own = new ArrayList<>(step.words());
          own.set(1, Vocabulary.bytes("own:" + client + ":" + random.nextInt(2)));
          steps.add(new Step(batch, client, step.form(), own));
        }
      }
    }
  }

  /** The same few commands over and over: what is coalesced, combined and cached. */
  private void burst(int batch, SplittableRandom random, Sentences words, List<Step> steps) {
    int client = random.nextInt(Script.CLIENTS);
    List<Step> few = new ArrayList<>();
    few.add(new Step(batch, client, Form.ARRAY, Vocabulary.readOfHot(random)));
    for (int i = 0; i < 2; i++) {
      few.add(step(batch, client, hottest.get(random.nextInt(hottest.size())), random, words));
    }
    int count = 10 + random.nextInt(60);
    for (int i = 0; i < count; i++) {
      steps.add(few.get(random.nextInt(few.size())));
    }
  }

  private void pipeline(int batch, SplittableRandom random, Sentences words, List<Step> steps) {
    int client = random.nextInt(Script.CLIENTS);
    int count = 1 + random.nextInt(1 + random.nextInt(32));
    List<Shape> from = client < FIRST_TIED ? untiedBag : bag;
    for (int i = 0; i < count; i++) {
      Shape shape = from.get(random.nextInt(from.size()));
      Step step = step(batch, client, shape, random, words);
      if (shape.subscribes() && inMulti.contains(client)) {
        // Redis then answers EXEC with more elements than it announces.
        continue;
      }
      if (shape.name().endsWith("publish") && inMulti.contains(client) && client >= FIRST_TIED) {
        // Redis 7.0 puts the message that the client itself hears among the replies of EXEC.
        continue;
      }
      steps.add(step);
      if (shape.name().equals("multi")) {
        inMulti.add(client);
      } else if (Set.of("exec", "discard", "reset").contains(shape.name())) {
        inMulti.remove(client);
      }
      if (shape.name().equals("quit") || shape.mayBlock()) {
        // What is behind a blocked command runs at a moment that nobody else can foresee.
        return;
      }
    }
    if (random.nextInt(150) == 0) {
      String bytes = BROKEN.get(random.nextInt(BROKEN.size()));
      steps.add(new Step(batch, client, Form.BROKEN, List.of(Vocabulary.bytes(bytes))));
    }
  }

  private Step step(int batch, int client, Shape shape, SplittableRandom random, Sentences words) {
    said.merge(shape.name(), 1, Integer::sum);
    Form form = random.nextInt(12) == 0 ? Form.INLINE : Form.ARRAY;
    return new Step(batch, client, form, words.say(shape));
  }

  /** What was never said. */
  List<String> unsaid() {
    return shapes.stream().map(Shape::name).filter(name -> !said.containsKey(name)).toList();
  }

  /** How many commands and subcommands there are to say. */
  int sayable() {
    return shapes.size();
  }
}
