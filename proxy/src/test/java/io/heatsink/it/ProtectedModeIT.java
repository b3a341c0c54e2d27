package io.heatsink.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.Heatsink;
import io.heatsink.config.Access;
import io.heatsink.testkit.HeatsinkFixture;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in from other machines, into the pages, and by Redis. */
class ProtectedModeIT {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @TempDir private Path folder = Path.of("");

  private static Access access(boolean isGuarded, @Nullable Path password, Access.Admin admin) {
    return new Access(null, null, null, isGuarded, Access.DEFAULT.backend(), password, null, admin);
  }

  /** An address of this machine that is no loopback; skips the test where there is none. */
  private static InetAddress outer() throws IOException {
    InetAddress found =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
            .findFirst()
            .orElse(null);
    assumeTrue(found != null, "this machine has a loopback interface only");
    return Objects.requireNonNull(found);
  }

  @Test
  void othersAreDeniedWhileRedisAsksForNoPassword() throws IOException {
    InetAddress outer = outer();
    try (HeatsinkFixture heatsink =
        HeatsinkFixture.start(
            RedisServer.start(),
            settings ->
                settings
                    .listen(new InetSocketAddress(0))
                    .access(access(true, null, Access.DEFAULT.admin())))) {
      try (RawClient other = RawClient.connect(new InetSocketAddress(outer, heatsink.port()))) {
        assertThat(other.readUntilClosed())
            .startsWith("-DENIED Heatsink is running in protected mode")
            .contains("clients.auth: file")
            .contains("clients.protected-mode: off");
      }
      try (RawClient near = RawClient.connect(heatsink.port())) {
        assertThat(near.call("PING")).isEqualTo("+PONG\r\n");
      }
    }
  }

  @Test
  void othersAreLetInWhereRedisAsksForAPassword() throws IOException {
    InetAddress outer = outer();
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start("--requirepass", "pw"),
                settings ->
                    settings
                        .listen(new InetSocketAddress(0))
                        .access(access(true, null, Access.DEFAULT.admin())));
        RawClient other = RawClient.connect(new InetSocketAddress(outer, heatsink.port()))) {
      assertThat(other.call("PING")).startsWith("-NOAUTH ");
      assertThat(other.call("AUTH", "pw")).isEqualTo("+OK\r\n");
      assertThat(other.call("PING")).isEqualTo("+PONG\r\n");
    }
  }

  @Test
  void aChangedPasswordIsUsedFromTheNextConnectionOn() throws IOException {
    Path file = Files.writeString(folder.resolve("password"), "old\n");
    try (HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start("--requirepass", "old"),
                settings -> settings.access(access(false, file, Access.DEFAULT.admin())));
        RawClient early = heatsink.client()) {
      assertThat(early.call("PING")).isEqualTo("+PONG\r\n");
      assertThat(heatsink.direct().call("CONFIG", "SET", "requirepass", "new"))
          .isEqualTo("+OK\r\n");
      try (RawClient refused = heatsink.client()) {
        assertThat(refused.call("HELLO", "3")).startsWith("-WRONGPASS ");
      }
      Files.writeString(file, "new\n");
      Awaitility.await()
          .until(
              () -> {
                try (RawClient late = heatsink.client()) {
                  return late.call("HELLO", "3").startsWith("%7");
                }
              });
      assertThat(early.call("PING")).isEqualTo("+PONG\r\n");
      assertThat(early.call("MULTI")).isEqualTo("+OK\r\n");
    }
  }

  @Test
  void thePagesAskForTheTokenAndHealthDoesNot() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "first\n");
    try (RedisServer redis = RedisServer.start();
        HeatsinkFixture heatsink =
            HeatsinkFixture.start(
                RedisServer.start(),
                settings -> settings.access(access(false, null, new Access.Admin(null, file))))) {
      assertThat(redis.port()).isPositive();
      Heatsink running = heatsink.heatsink();
      assertThat(get(running, "/health", null).statusCode()).isEqualTo(200);
      assertThat(get(running, "/ready", null).statusCode()).isIn(200, 503);
      assertThat(get(running, "/", null).statusCode()).as("the page, empty").isEqualTo(200);
      for (String page : new String[] {"/metrics", "/hotkeys", "/api/v1", "/nothing"}) {
        HttpResponse<String> refused = get(running, page, null);
        assertThat(refused.statusCode()).as(page).isEqualTo(401);
        assertThat(refused.headers().firstValue("www-authenticate"))
            .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
      }
      assertThat(get(running, "/metrics", "Bearer wrong").statusCode()).isEqualTo(401);
      assertThat(get(running, "/metrics", "Basic first").statusCode()).isEqualTo(401);
      assertThat(get(running, "/metrics", "Bearer first").statusCode()).isEqualTo(200);
      Files.writeString(file, "second\n");
      Awaitility.await().until(() -> get(running, "/metrics", "Bearer second").statusCode() == 200);
      assertThat(get(running, "/metrics", "Bearer first").statusCode()).isEqualTo(401);
    }
  }

  private static HttpResponse<String> get(Heatsink of, String page, @Nullable String shown)
      throws IOException, InterruptedException {
    int port = Objects.requireNonNull(of.adminAddress()).getPort();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + page));
    if (shown != null) {
      request.header("Authorization", shown);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
