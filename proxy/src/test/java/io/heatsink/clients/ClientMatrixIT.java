package io.heatsink.clients;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What applications do with each client works through Heatsink as with Redis. */
class ClientMatrixIT {

  private static Stand stand;
  private static @Nullable Client connected;
  private static @Nullable Subject subject;

  @BeforeAll
  static void start() {
    stand = new Stand();
  }

  @AfterAll
  static void stop() {
    disconnect();
    stand.close();
  }

  static Stream<Arguments> cells() {
    return Client.ALL.stream()
        .flatMap(client -> client.features().stream().map(f -> Arguments.of(client, f)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("cells")
  void works(Client client, Feature feature) throws Exception {
    connection(client).show(feature, stand);
  }

  /** The client's own, kept from one feature to the next. */
  private static Subject connection(Client client) throws Exception {
    Subject current = subject;
    if (current != null && client.equals(connected)) {
      return current;
    }
    disconnect();
    Subject fresh = client.connect(stand);
    subject = fresh;
    connected = client;
    return fresh;
  }

  private static void disconnect() {
    Subject current = subject;
    subject = null;
    if (current != null) {
      current.close();
    }
  }
}
