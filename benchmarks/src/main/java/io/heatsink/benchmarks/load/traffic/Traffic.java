package io.heatsink.benchmarks.load.traffic;

/** The kinds of traffic. */
public enum Traffic {
  /** GET of any key, all as likely. */
  UNIFORM("uniform", "GET uniform", 100),
  /** GET of one key. */
  HOT("hot", "GET one hot key", 1024),
  /** GET, the key of rank r asked in proportion to 1 / r^s. */
  ZIPF("zipf", "GET Zipf", 100),
  /** GET and SET, keys as in {@link #ZIPF} at 0.99. */
  MIX("mix", "GET/SET Zipf 0.99", 100),
  /** Uniform background, and from half time on GET of one key that nobody asked for before. */
  CROWD("crowd", "flash crowd 0→30 %", 100),
  /** GET; half of it on 20 keys that are others twice a second. */
  MOVING("moving", "GET moving hot set", 100),
  /** INCR of one counter. */
  INCR("incr", "INCR one key", 0),
  /** MGET of 50 uniform keys. */
  MGET("mget", "MGET of 50", 100),
  /** SET of any key, all as likely. */
  SET("set", "SET uniform", 100),
  /** The lines of a file, in order. */
  TRACE("trace", "trace", 100),
  /** No traffic to compare: memory and time to start. */
  FOOTPRINT("footprint", "footprint", 0);

  private final String id;
  private final String title;
  private final int usualBytes;

  Traffic(String id, String title, int usualBytes) {
    this.id = id;
    this.title = title;
    this.usualBytes = usualBytes;
  }

  /** Its name on the command line. */
  String id() {
    return id;
  }

  /** Its name in a table. */
  String title() {
    return title;
  }

  /** Bytes of a value unless said otherwise; 0 where there is none to choose. */
  int usualBytes() {
    return usualBytes;
  }

  /** Whether its name has a number: an exponent, a share of reads. */
  boolean hasParameter() {
    return this == ZIPF || this == MIX;
  }
}
