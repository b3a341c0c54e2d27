package io.heatsink.benchmarks.load.traffic;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * One load: what is sent, how deep the pipelines are, by how many clients. Immutable.
 *
 * @param parameter the exponent of a Zipf load, the percentage of reads of a mix, 0 of others
 * @param valueBytes of each value; 0 where there is none
 * @param pipeline commands that a client sends before it waits, 1 to 1000
 * @param clients connections, 1 to 10000
 */
public record Load(Traffic traffic, double parameter, int valueBytes, int pipeline, int clients) {

  private static final int USUAL_CLIENTS = 50;
  private static final int MAX_PIPELINE = 1_000;
  private static final int MAX_CLIENTS = 10_000;
  private static final int MAX_VALUE_BYTES = 16 << 20;
  private static final double MAX_EXPONENT = 10;
  private static final int KILO = 1024;
  private static final int MEGA = KILO * KILO;

  /** How an id is made, for who wrote it otherwise. */
  public static final String FORM =
      "TRAFFIC[-SIZE][-pN][-cN] with TRAFFIC one of uniform, hot, zipf-S, mix-PERCENT, crowd,"
          + " moving, incr, mget, set, trace, footprint; SIZE as in 100b, 1k, 1m; N the pipeline"
          + " and the clients";

  /** What runs unless something else is asked for; it takes less than a quarter of an hour. */
  public static final List<Load> USUAL =
      parseAll("uniform-p1 uniform-p16 hot-p1 hot-p16 mix-95-p1 mix-95-p16 crowd-p16 footprint");

  /** Every load that has a row in the documentation. */
  public static final List<Load> ALL =
      parseAll(
          "uniform-p1 uniform-p16 uniform-p1-c1000 uniform-p16-c1000 zipf-0.9-p1 zipf-0.9-p16"
              + " zipf-0.99-p1 zipf-0.99-p16 zipf-1.2-p1 zipf-1.2-p16 mix-95-p1 mix-95-p16"
              + " mix-50-p1 mix-50-p16 crowd-p1 crowd-p16 moving-p1 moving-p16 mget-p1 mget-p16"
              + " set-p1 set-p16 incr-p1 incr-p16 hot-100b-p1 hot-100b-p16 hot-p1 hot-p16"
              + " hot-p1-c1000 hot-p16-c1000 uniform-1k-p1 uniform-1k-p16 uniform-100k-p1"
              + " hot-100k-p1 uniform-1m-p1 hot-1m-p1 footprint");

  private static List<Load> parseAll(String ids) {
    return Arrays.stream(ids.split(" ", -1)).map(Load::parse).toList();
  }

  /**
   * Reads an id such as {@code zipf-0.99-p16}.
   *
   * @throws IllegalArgumentException where it is none; the message says how one is made
   */
  public static Load parse(String id) {
    List<String> words = List.of(id.split("-", -1));
    Traffic traffic =
        Arrays.stream(Traffic.values())
            .filter(candidate -> candidate.id().equals(words.get(0)))
            .findFirst()
            .orElseThrow(() -> wrong(id));
    int next = 1;
    double parameter = 0;
    if (traffic.hasParameter()) {
      parameter = words.size() > 1 ? parameter(id, traffic, words.get(next++)) : Double.NaN;
    }
    int bytes = traffic.usualBytes();
    int pipeline = 1;
    int clients = USUAL_CLIENTS;
    for (String word : words.subList(next, words.size())) {
      if (word.matches("p\\d{1,4}")) {
        pipeline = Integer.parseInt(word.substring(1));
      } else if (word.matches("c\\d{1,5}")) {
        clients = Integer.parseInt(word.substring(1));
      } else if (word.matches("\\d{1,8}[bkm]") && traffic.usualBytes() > 0) {
        bytes = bytes(word);
      } else {
        throw wrong(id);
      }
    }
    boolean fits =
        within(pipeline, MAX_PIPELINE) && within(clients, MAX_CLIENTS) && !Double.isNaN(parameter);
    boolean hasValues = traffic.usualBytes() > 0;
    if (!fits || (hasValues && !within(bytes, MAX_VALUE_BYTES))) {
      throw wrong(id);
    }
    return new Load(traffic, parameter, bytes, pipeline, clients);
  }

  private static boolean within(int value, int most) {
    return value >= 1 && value <= most;
  }

  private static double parameter(String id, Traffic traffic, String text) {
    boolean isNumber = text.matches(traffic == Traffic.MIX ? "\\d{1,2}" : "\\d{1,2}(\\.\\d{1,4})?");
    double value = isNumber ? Double.parseDouble(text) : 0;
    if (!(value > 0) || (traffic == Traffic.ZIPF && value > MAX_EXPONENT)) {
      throw wrong(id);
    }
    return value;
  }

  private static int bytes(String word) {
    int number = Integer.parseInt(word.substring(0, word.length() - 1));
    long bytes =
        switch (word.charAt(word.length() - 1)) {
          case 'k' -> (long) number * KILO;
          case 'm' -> (long) number * MEGA;
          default -> number;
        };
    return (int) Math.min(bytes, Integer.MAX_VALUE);
  }

  private static IllegalArgumentException wrong(String id) {
    return new IllegalArgumentException(id + " is no load: " + FORM);
  }

  /** Its name on the command line, the shortest. */
  public String id() {
    StringBuilder id = new StringBuilder(traffic.id());
    if (traffic.hasParameter()) {
      id.append('-').append(number(parameter));
    }
    if (valueBytes != traffic.usualBytes()) {
      id.append('-').append(size("b", "k", "m"));
    }
    if (traffic != Traffic.FOOTPRINT) {
      id.append("-p").append(pipeline);
      id.append(clients == USUAL_CLIENTS ? "" : "-c" + clients);
    }
    return id.toString();
  }

  /** Its name in a table. */
  public String title() {
    String what = traffic.title();
    if (traffic == Traffic.ZIPF) {
      what += " " + number(parameter);
    } else if (traffic == Traffic.MIX) {
      what = number(parameter) + "/" + number(100 - parameter) + " " + what;
    }
    return Arrays.asList(
            what,
            valueBytes == 0 ? "" : size(" B", " KB", " MB"),
            traffic == Traffic.FOOTPRINT ? "" : "P=" + pipeline,
            clients == USUAL_CLIENTS ? "" : String.format(Locale.ROOT, "%,d clients", clients))
        .stream()
        .filter(part -> !part.isEmpty())
        .collect(Collectors.joining(", "));
  }

  private String size(String b, String k, String m) {
    if (valueBytes % MEGA == 0) {
      return valueBytes / MEGA + m;
    }
    return valueBytes % KILO == 0 ? valueBytes / KILO + k : valueBytes + b;
  }

  private static String number(double value) {
    return value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value);
  }

  /** Whether it reads with GET what may be hot, so that a near cache can be judged by it. */
  public boolean readsHotKeys() {
    return switch (traffic) {
      case HOT, ZIPF, MIX, MOVING, TRACE -> true;
      default -> false;
    };
  }
}
