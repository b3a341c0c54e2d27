package io.heatsink.it;

import static io.heatsink.it.Scene.OK;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import java.util.Collections;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that asks for fresh reads gets what Redis says, whatever is in memory for others. */
class FreshClientIT {

  private static final int READS = 500;

  private static HeatsinkFixture heatsink;

  private Scene scene;
  private RawClient direct;

  @BeforeAll
  static void startHeatsink() {
    heatsink = HeatsinkFixture.start();
  }

  @AfterAll
  static void stopHeatsink() {
    heatsink.close();
  }

  @BeforeEach
  void connect() {
    scene = new Scene(heatsink).hot();
    direct = heatsink.direct();
  }

  @AfterEach
  void disconnect() {
    scene.close();
    direct.close();
  }

  private static long readsAtRedis(RawClient client, String... read) {
    String command = read[0].toLowerCase(Locale.ROOT);
    long before = heatsink.redis().calls(command);
    client.pipeline(Collections.nCopies(READS, RawClient.encode(read)));
    return heatsink.redis().calls(command) - before;
  }

  private static void isFresh(RawClient client) {
    assertThat(readsAtRedis(client, "GET", "k")).isEqualTo(READS);
  }

  private static void isNotFresh(RawClient client) {
    heatsink.absorb(client, "k");
    assertThat(readsAtRedis(client, "GET", "k")).isLessThan(READS / 10);
  }

  @Test
  void seesADirectWriteAtOnce() {
    assertThat(scene.writer.call("HEATSINK", "FRESH", "ON")).isEqualTo(OK);
    for (int i = 0; i < READS; i++) {
      scene.reader.send("GET", "k");
      direct.call("SET", "k", "v" + i);
      assertThat(scene.writer.call("GET", "k")).isEqualTo(Scene.bulk("v" + i));
      assertThat(scene.writer.call("STRLEN", "k")).isEqualTo(":" + ("v" + i).length() + "\r\n");
      scene.reader.readReply();
    }
    isFresh(scene.writer);
    assertThat(readsAtRedis(scene.writer, "STRLEN", "k")).isEqualTo(READS);
    assertThat(readsAtRedis(scene.writer, "MGET", "k", "k")).isEqualTo(READS);
    isNotFresh(scene.reader);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HEATSINK FRESH OFF", "RESET"})
  void endsWhenTheClientSaysSo(String command) {
    scene.writer.call("HEATSINK", "FRESH", "ON");
    isFresh(scene.writer);
    scene.writer.call(command.split(" ", -1));
    isNotFresh(scene.writer);
  }

  @Test
  void staysAfterAnotherLogin() {
    scene.writer.call("HEATSINK", "FRESH", "ON");
    scene.writer.call("HELLO", "3");
    scene.writer.call("SELECT", "1");
    scene.writer.call("SELECT", "0");
    isFresh(scene.writer);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"CLIENT SETNAME app:fresh", "HELLO 3 SETNAME app:fresh", "CLIENT SETNAME :fresh"})
  void aNameWithTheSuffixAsksForIt(String command) {
    assertThat(scene.writer.call(command.split(" ", -1))).doesNotStartWith("-");
    isFresh(scene.writer);
    scene.writer.call("CLIENT", "SETNAME", "fresh");
    isNotFresh(scene.writer);
  }

  @Test
  void aNameEndsOnlyWhatANameBegan() {
    scene.writer.call("HEATSINK", "FRESH", "ON");
    scene.writer.call("CLIENT", "SETNAME", "app:fresh");
    scene.writer.call("CLIENT", "SETNAME", "app");
    isFresh(scene.writer);
    scene.writer.call("CLIENT", "SETNAME", "app:fresh");
    scene.writer.call("HEATSINK", "FRESH", "OFF");
    isNotFresh(scene.writer);
    scene.writer.call("CLIENT", "SETNAME", "app:fresh");
    scene.writer.call("RESET");
    isNotFresh(scene.writer);
  }

  @Test
  void whatIsMisspeltIsAnError() {
    assertThat(scene.writer.call("HEATSINK", "FRESH", "YES")).isEqualTo("-ERR syntax error\r\n");
    assertThat(scene.writer.call("HEATSINK", "FRESH"))
        .isEqualTo("-ERR wrong number of arguments for 'heatsink|fresh' command\r\n");
    isNotFresh(scene.writer);
  }
}
