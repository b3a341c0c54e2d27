package io.heatsink.differential;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.heatsink.differential.Rules.View;
import io.heatsink.differential.Script.Step;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** Finds the command that a frame answers, and compares by that command's rule. */
final class Exchange {

  private static final Set<String> PUBSUB =
      Set.of(
          "message",
          "pmessage",
          "smessage",
          "subscribe",
          "psubscribe",
          "ssubscribe",
          "unsubscribe",
          "punsubscribe",
          "sunsubscribe");

  private final Catalog catalog;
  private final Deque<Step> unanswered = new ArrayDeque<>();
  private final List<View> queued = new ArrayList<>();
  private boolean inMulti;

  Exchange(Catalog catalog) {
    this.catalog = catalog;
  }

  void sent(Step step) {
    unanswered.add(step);
  }

  /** Whether the client still waits for a reply. */
  boolean isWaiting() {
    while (!unanswered.isEmpty() && !isAnswered(unanswered.element())) {
      unanswered.remove();
    }
    return !unanswered.isEmpty();
  }

  /**
   * What was said wrong of two frames at the same place of the two streams; empty where nothing.
   */
  String compare(byte[] expected, byte[] actual) {
    if (isOutOfBand(expected)) {
      return difference(View.BYTES, expected, actual);
    }
    Step step = nextAnswered();
    if (step == null) {
      return difference(View.BYTES, expected, actual);
    }
    String name = catalog.nameOf(step.words());
    List<View> ofTransaction = List.copyOf(queued);
    String text = new String(expected, ISO_8859_1);
    if (text.equals("+QUEUED\r\n")) {
      queued.add(Rules.of(name));
      return difference(View.BYTES, expected, actual);
    }
    if (name.equals("multi") && text.equals("+OK\r\n")) {
      inMulti = true;
    } else if (isEnd(name, text)) {
      inMulti = false;
      queued.clear();
    }
    if (name.equals("exec") && text.charAt(0) == '*' && actual.length > 0 && actual[0] == '*') {
      return ofTransaction(ofTransaction, expected, actual);
    }
    return difference(Rules.of(name), expected, actual);
  }

  private static boolean isEnd(String name, String reply) {
    boolean ends = name.equals("exec") || name.equals("discard") || name.equals("reset");
    return (ends && !reply.startsWith("-")) || reply.startsWith("-EXECABORT");
  }

  private static String ofTransaction(List<View> views, byte[] expected, byte[] actual) {
    List<Reply> left = Reply.of(expected).parts();
    List<Reply> right = Reply.of(actual).parts();
    if (left.size() != right.size() || left.size() != views.size()) {
      return difference(View.BYTES, expected, actual);
    }
    boolean same =
        IntStream.range(0, left.size())
            .allMatch(i -> views.get(i).of(left.get(i)).equals(views.get(i).of(right.get(i))));
    return same ? "" : difference(View.BYTES, expected, actual);
  }

  private Step nextAnswered() {
    Step step = unanswered.poll();
    while (step != null && !isAnswered(step)) {
      step = unanswered.poll();
    }
    return step;
  }

  /** Whether it has a reply that is none of pub/sub's frames. */
  private boolean isAnswered(Step step) {
    String name = step.verb();
    if (inMulti || !PUBSUB.contains(name)) {
      return true;
    }
    return !name.contains("unsub") && step.words().size() < 2;
  }

  private static boolean isOutOfBand(byte[] frame) {
    if (frame[0] == '>') {
      return true;
    }
    if (frame[0] != '*') {
      return false;
    }
    List<Reply> parts = Reply.of(frame).parts();
    boolean isShort = parts.size() == 3 || parts.size() == 4;
    return isShort && PUBSUB.contains(parts.get(0).text());
  }

  private static String difference(View view, byte[] expected, byte[] actual) {
    if (view.of(expected).equals(view.of(actual))) {
      return "";
    }
    return "Redis:    " + shown(expected) + "\nHeatsink: " + shown(actual);
  }

  private static String shown(byte[] frame) {
    String text = io.heatsink.testkit.RawClient.printable(frame);
    return text.length() <= 600 ? text : text.substring(0, 600) + " … " + text.length();
  }
}
