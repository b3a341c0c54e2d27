package io.heatsink.differential;

import io.heatsink.differential.Script.Form;
import io.heatsink.differential.Script.Step;
import io.heatsink.testkit.RawClient;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.awaitility.core.ConditionTimeoutException;

/** One conversation held with both servers. */
final class Performance implements AutoCloseable {

  /*
   * Both servers must see the batches in the same order, each whole before the next. Redis itself
   * says how many frames a batch brings: its replies are read until it has nothing more to say and
   * no time-out runs, then as many are asked of Heatsink. What comes too much from Heatsink shows
   * at the next frame of that client, or at the end. Where fewer replies came than commands were
   * sent somebody is blocked: the next batch waits until the twin has as many blocked clients, and
   * who is blocked says nothing more, since when that would run depends on the moment.
   */

  /** How and where a conversation went wrong. */
  record Failure(int step, String what) {}

  /** One client's two connections. */
  private final class Side implements AutoCloseable {

    private final int number;
    private RawClient direct;
    private RawClient proxied;
    private Exchange exchange;
    private final List<byte[]> expected = new ArrayList<>();

    Side(int number) {
      this.number = number;
      direct = twins.plain().client();
      proxied = twins.heatsink().client().timeout(patience);
      exchange = new Exchange(catalog);
      greet();
    }

    private void greet() {
      if (number % 2 == 1) {
        direct.call("HELLO", "3");
        proxied.call("HELLO", "3");
      }
    }

    void send(List<Step> part) {
      part.forEach(exchange::sent);
      for (byte[] piece : script.pieces(part)) {
        direct.sendRaw(piece);
        proxied.sendRaw(piece);
        twins.turn();
      }
    }

    void readDirect() {
      while (direct.hasInput()) {
        expected.add(direct.readReply());
      }
    }

    /** Reads as many frames from Heatsink; what is wrong with them, else nothing. */
    String check() {
      for (byte[] frame : expected) {
        byte[] actual;
        try {
          actual = proxied.readReply();
        } catch (UncheckedIOException e) {
          actual = Vocabulary.bytes("(nothing: " + e.getMessage() + ")");
        }
        String difference = exchange.compare(frame, actual);
        if (!difference.isEmpty()) {
          return difference;
        }
      }
      expected.clear();
      return "";
    }

    /** Redis hung up: so must Heatsink. */
    String checkClosed() {
      if (!isClosed(direct, Duration.ofSeconds(5))) {
        return "";
      }
      boolean both = isClosed(proxied, patience);
      close();
      direct = twins.plain().client();
      proxied = twins.heatsink().client().timeout(patience);
      exchange = new Exchange(catalog);
      greet();
      return both ? "" : "Redis closed the connection, Heatsink did not";
    }

    private static boolean isClosed(RawClient client, Duration within) {
      try {
        client.timeout(within).readReply();
        return false;
      } catch (UncheckedIOException e) {
        return !(e.getCause() instanceof java.net.SocketTimeoutException);
      }
    }

    @Override
    public void close() {
      direct.close();
      proxied.close();
    }
  }

  private final Twins twins;
  private final Catalog catalog;
  private final Script script;
  private final Duration patience;
  private final List<Side> sides = new ArrayList<>();
  private int step;

  private Performance(Twins twins, Catalog catalog, Script script, Duration patience) {
    this.twins = twins;
    this.catalog = catalog;
    this.script = script;
    this.patience = patience;
    for (int i = 0; i < Script.CLIENTS; i++) {
      sides.add(new Side(i));
    }
  }

  /**
   * Holds the conversation on empty servers.
   *
   * @param patience how long a reply of Heatsink may take
   * @return what went wrong, its text empty where nothing did
   */
  static Failure of(Script script, Twins twins, Catalog catalog, Duration patience) {
    twins.clear();
    try (Performance performance = new Performance(twins, catalog, script, patience)) {
      return performance.run();
    }
  }

  private Failure run() {
    try {
      for (List<Step> batch : script.batches()) {
        String difference = hold(batch);
        if (!difference.isEmpty()) {
          return new Failure(step, difference);
        }
        step += batch.size();
      }
    } catch (ConditionTimeoutException e) {
      return new Failure(step, String.valueOf(e.getMessage()));
    }
    twins.turn();
    String difference = checkAll();
    if (!difference.isEmpty()) {
      return new Failure(step, difference);
    }
    for (Side side : sides) {
      if (side.proxied.hasInput()) {
        String frame = RawClient.printable(side.proxied.readReply());
        return new Failure(step, "client " + side.number + ": one reply too much: " + frame);
      }
    }
    return new Failure(step, twins.compareData());
  }

  private String hold(List<Step> batch) {
    Map<Integer, List<Step>> parts = new TreeMap<>();
    for (Step s : batch) {
      if (!sides.get(s.client()).exchange.isWaiting()) {
        parts.computeIfAbsent(s.client(), c -> new ArrayList<>()).add(s);
      }
    }
    parts.forEach((client, part) -> sides.get(client).send(part));
    boolean complete = true;
    for (Map.Entry<Integer, List<Step>> part : parts.entrySet()) {
      complete &= readAll(sides.get(part.getKey()), part.getValue().size());
    }
    String difference = checkAll();
    if (!difference.isEmpty()) {
      return difference;
    }
    if (!complete) {
      twins.alignBlocked();
    }
    Step last = batch.get(batch.size() - 1);
    return mayClose(last) && parts.containsKey(last.client())
        ? sides.get(last.client()).checkClosed()
        : "";
  }

  /** What Heatsink said wrong where Redis has said something by now; else nothing. */
  private String checkAll() {
    twins.settle();
    sides.forEach(Side::readDirect);
    for (Side side : sides) {
      String difference = side.check();
      if (!difference.isEmpty()) {
        return "client " + side.number + ":\n" + difference;
      }
    }
    return "";
  }

  /** Reads what Redis says to a batch; false where it keeps a part of the answer for later. */
  private boolean readAll(Side side, int commands) {
    while (side.expected.size() < commands) {
      side.readDirect();
      if (side.expected.size() < commands) {
        twins.settle();
        twins.settle();
        if (!side.direct.hasInput() && !twins.isTimeRunning()) {
          return side.expected.size() >= commands;
        }
      }
    }
    return true;
  }

  private static boolean mayClose(Step step) {
    return step.form() == Form.BROKEN || step.verb().equals("quit");
  }

  @Override
  public void close() {
    sides.forEach(Side::close);
  }
}
