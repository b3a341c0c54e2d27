package io.heatsink.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import java.util.ArrayList;
import java.util.List;

/**
 * Three clients and one hot key. The key {@code k} holds {@code old}; {@code src} holds {@code
 * new}; in database 1 {@code k} holds {@code new}.
 */
final class Scene implements AutoCloseable {

  static final String OK = "+OK\r\n";
  static final String NIL = "$-1\r\n";
  static final String OLD = bulk("old");
  static final String NEW = bulk("new");

  private static final List<String> PREPARATION =
      List.of(
          "FLUSHALL",
          "SELECT 1",
          "SET k new",
          "SELECT 0",
          "RPUSH list 1 2",
          "SET src new",
          "SET k old");

  final HeatsinkFixture heatsink;
  final RawClient writer;
  final RawClient reader;
  final RawClient reader3;

  Scene(HeatsinkFixture heatsink) {
    this.heatsink = heatsink;
    writer = heatsink.client();
    reader = heatsink.client();
    reader3 = heatsink.client3();
    prepare();
  }

  /** Makes all as it was, and the key once more known to the cache. */
  void prepare() {
    for (String command : PREPARATION) {
      assertThat(writer.call(command.split(" ", -1))).doesNotStartWith("-");
    }
    for (int i = 0; i < 3; i++) {
      assertThat(reader.call("GET", "k")).isEqualTo(OLD);
    }
  }

  /** Reads the key until it is answered from memory. */
  Scene hot() {
    heatsink.absorb(reader, "k");
    return this;
  }

  /** Sends commands, given as words, in one go; returns their replies. */
  static List<String> pipeline(RawClient client, String... commands) {
    List<byte[]> pipeline = new ArrayList<>();
    for (String command : commands) {
      pipeline.add(RawClient.encode(command.split(" ", -1)));
    }
    return client.pipeline(pipeline).stream().map(Scene::text).toList();
  }

  static String text(byte[] reply) {
    return new String(reply, ISO_8859_1);
  }

  static String bulk(String value) {
    return "$" + value.length() + "\r\n" + value + "\r\n";
  }

  @Override
  public void close() {
    writer.close();
    reader.close();
    reader3.close();
  }
}
