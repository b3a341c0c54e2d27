package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Increments that travelled together in vain are sent again before what their clients sent later.
 */
class CombinedOrderIT {

  private static final int CLIENTS = 8;
  private static final int ROUNDS = 1_500;
  private static final int WINDOW = 20;

  /** No sum of several clients' steps is the step of one. */
  private static final int FIRST_STEP = 1001;

  private static final Pattern STEP = Pattern.compile("(?i)\"incrby\" \"n\" \"(\\d+)\"");
  private static final Pattern ROUND = Pattern.compile("\"set\" \"round:(\\d+)\" \"(\\d+)\"");

  /** The counter is full: each sum is too large, so each increment runs by itself in the end. */
  @Test
  void nobodyOvertakesHisOwnIncrements() {
    try (HeatsinkFixture heatsink = start();
        RawClient admin = heatsink.redis().client();
        RawClient monitor = heatsink.redis().client()) {
      admin.call("SET", "n", Long.toString(Long.MAX_VALUE));
      assertThat(monitor.call("MONITOR")).isEqualTo("+OK\r\n");
      converse(heatsink);
      admin.call("PING", "end");
      judge(monitor);
      assertThat(heatsink.metric("heatsink_combined_total")).isPositive();
    }
  }

  private static HeatsinkFixture start() {
    return HeatsinkFixture.start(
        RedisServer.start(), settings -> settings.hot(1, 0.0001, 0, Duration.ofSeconds(1)));
  }

  @Test
  void whoMayNotIncrbyMayStillIncr() {
    try (HeatsinkFixture heatsink = start();
        RawClient admin = heatsink.redis().client()) {
      admin.call("ACL", "SETUSER", "ann", "on", "nopass", "~*", "&*", "+@all", "-incrby");
      List<RawClient> clients = clients(heatsink);
      clients.forEach(client -> client.call("AUTH", "ann", "x"));
      for (int round = 0; round < ROUNDS; round++) {
        clients.forEach(client -> client.send("INCR", "n"));
        clients.forEach(client -> assertThat(client.readText()).startsWith(":"));
      }
      assertThat(heatsink.metric("heatsink_combined_total")).isPositive();
      assertThat(admin.call("GET", "n")).contains("\r\n" + ROUNDS * CLIENTS + "\r\n");
      clients.forEach(RawClient::close);
    }
  }

  private static List<RawClient> clients(HeatsinkFixture heatsink) {
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(heatsink.client());
    }
    return clients;
  }

  /** All increment the same counter, and then tell, each of itself, how often they have. */
  private static void converse(HeatsinkFixture heatsink) {
    List<RawClient> clients = clients(heatsink);
    for (int round = 1; round <= ROUNDS; round++) {
      for (int i = 0; i < CLIENTS; i++) {
        clients.get(i).send("incrby", "n", Integer.toString(FIRST_STEP + i));
      }
      for (int i = 0; i < CLIENTS; i++) {
        clients.get(i).send("set", "round:" + i, Integer.toString(round));
      }
      if (round % WINDOW == 0) {
        for (RawClient client : clients) {
          for (int reply = 0; reply < 2 * WINDOW; reply++) {
            client.readReply();
          }
        }
      }
    }
    clients.forEach(RawClient::close);
  }

  /** Whoever tells of so many increments has had so many run before. */
  private static void judge(RawClient monitor) {
    int[] ran = new int[CLIENTS];
    int told = 0;
    for (String line = monitor.readText(); !line.contains("\"end\""); line = monitor.readText()) {
      Matcher step = STEP.matcher(line);
      Matcher round = ROUND.matcher(line);
      if (step.find()) {
        int client = Integer.parseInt(step.group(1)) - FIRST_STEP;
        if (client < CLIENTS) {
          ran[client]++;
        }
      } else if (round.find()) {
        int client = Integer.parseInt(round.group(1));
        assertThat(ran[client]).as(line).isEqualTo(Integer.parseInt(round.group(2)));
        told++;
      }
    }
    assertThat(told).isEqualTo(CLIENTS * ROUNDS);
  }
}
