package io.heatsink.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/**
 * What clients ask. Immutable.
 *
 * @param id its name on the command line
 * @param title its name in the table
 * @param pipeline commands that a client sends before it waits
 * @param command the words of the command; empty for one of the generator's own tests
 */
record Load(String id, String title, int pipeline, List<String> command) {

  /** What the hot key holds. */
  static final int HOT_VALUE_BYTES = 1024;

  /** What each other key holds. */
  static final int VALUE_BYTES = 100;

  static final String HOT_KEY = "hot:1k";
  private static final String COUNTER = "ctr";

  /** Commands of a deep pipeline are so much cheaper that more of them are needed to be seen. */
  static final int DEEP_FACTOR = 5;

  /** All loads, in the order of the table. */
  static final List<Load> ALL =
      List.of(
          new Load("get-uniform-p1", "GET uniform P=1", 1, List.of("-t", "get")),
          new Load("get-uniform-p16", "GET uniform P=16", 16, List.of("-t", "get")),
          new Load("get-hot-p1", "GET one hot key 1 KB P=1", 1, List.of("GET", HOT_KEY)),
          new Load("get-hot-p16", "GET one hot key 1 KB P=16", 16, List.of("GET", HOT_KEY)),
          new Load("incr-p1", "INCR one key P=1", 1, List.of("INCR", COUNTER)),
          new Load("incr-p16", "INCR one key P=16", 16, List.of("INCR", COUNTER)),
          new Load("set-uniform-p16", "SET uniform P=16", 16, List.of("-t", "set")));

  /** Commands to send where {@code requests} are wanted at pipeline 1. */
  long requests(long requests) {
    return pipeline == 1 ? requests : requests * DEEP_FACTOR;
  }

  /** The generator's arguments. */
  List<String> arguments(long requests, int clients, int keys) {
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("-n", Long.toString(requests), "-c", Integer.toString(clients)));
    arguments.addAll(List.of("-P", Integer.toString(pipeline), "-r", Integer.toString(keys)));
    arguments.addAll(List.of("-d", Integer.toString(VALUE_BYTES)));
    arguments.addAll(command);
    return arguments;
  }
}
