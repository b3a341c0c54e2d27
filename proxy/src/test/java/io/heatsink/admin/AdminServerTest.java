package io.heatsink.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The pages of the admin server over real sockets, and its limits. */
@Timeout(20)
final class AdminServerTest {

  private static final InetSocketAddress LOOPBACK =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicReference<Readiness> readiness =
      new AtomicReference<>(new Readiness(true, "serving", "on", "primary h:1, 0 replicas"));
  private final AdminPages pages =
      new AdminPages(
          () -> "heatsink_commands_total 1\n",
          () ->
              List.of(
                  new HotKey(KeyName.of(new byte[] {'k', 0}), 0, "read", 10, 1, 0.25),
                  new HotKey(KeyName.of(new byte[] {'"', '\\'}), 3, "write", 20, Double.NaN, 1)),
          readiness::get,
          AdminSite.NONE);
  private AdminServer server = start(pages, Duration.ofSeconds(30));

  @BeforeEach
  void isOnLoopback() {
    assertThat(server.address().getAddress().isLoopbackAddress()).isTrue();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void metricsArePrometheusText() throws Exception {
    HttpResponse<String> response = get("/metrics?x=1");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).isEqualTo("heatsink_commands_total 1\n");
  }

  @Test
  void hotKeysAreJsonHottestFirstAndBinarySafe() throws Exception {
    JsonObject json = JsonParser.parseString(get("/hotkeys").body()).getAsJsonObject();
    JsonObject first = json.getAsJsonArray("hotKeys").get(0).getAsJsonObject();
    JsonObject second = json.getAsJsonArray("hotKeys").get(1).getAsJsonObject();
    assertThat(first.get("key").getAsString()).isEqualTo("\"\\\\");
    assertThat(first.get("base64").getAsString()).isEqualTo("Ilw=");
    assertThat(first.get("database").getAsInt()).isEqualTo(3);
    assertThat(first.get("heat").getAsString()).isEqualTo("write");
    assertThat(first.get("error").getAsDouble()).isZero();
    assertThat(second.get("key").getAsString()).isEqualTo("k\\x00");
    assertThat(second.get("share").getAsDouble()).isEqualTo(0.25);
  }

  @Test
  void readinessSaysWhy() throws Exception {
    assertThat(get("/health").statusCode()).isEqualTo(200);
    assertThat(get("/ready").statusCode()).isEqualTo(200);
    readiness.set(
        new Readiness(false, "backend \"unreachable\"", "off (ERR why)", "not known yet"));
    HttpResponse<String> response = get("/ready");
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body())
        .isEqualTo(
            "{\"ready\":false,\"reason\":\"backend \\\"unreachable\\\"\","
                + "\"tracking\":\"off (ERR why)\",\"topology\":\"not known yet\"}\n");
    assertThat(get("/health").statusCode()).isEqualTo(200);
  }

  @Test
  void refusesOtherPagesAndMethods() throws Exception {
    assertThat(get("/").statusCode()).isEqualTo(404);
    HttpRequest post = request("/ready").POST(BodyPublishers.ofString("x")).build();
    HttpResponse<String> response = http.send(post, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("allow")).hasValue("GET, HEAD");
  }

  @Test
  void headHasTheHeadersAlone() throws Exception {
    HttpRequest head = request("/metrics").method("HEAD", BodyPublishers.noBody()).build();
    HttpResponse<String> response = http.send(head, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValueAsLong("content-length")).hasValue(26);
  }

  @Test
  void aPageThatFailsIsAnErrorAndTheNextOneIsServed() throws Exception {
    readiness.set(null);
    assertThat(get("/ready").statusCode()).isEqualTo(500);
    assertThat(get("/metrics").statusCode()).isEqualTo(200);
  }

  @Test
  void answersAPipelineInOrderOnOneConnection() throws IOException {
    try (Socket socket = connect()) {
      String get = "GET /health HTTP/1.1\r\n\r\n";
      String last = "GET /ready HTTP/1.1\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write((get.repeat(50) + last).getBytes(StandardCharsets.UTF_8));
      String all = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(all.split("HTTP/1.1 200 OK", -1)).hasSize(52);
      assertThat(all.indexOf("\"ready\"")).isGreaterThan(all.lastIndexOf("\"alive\""));
    }
  }

  @Test
  void closesAClientThatAsksForMuchAndTakesNothing() throws IOException {
    server.close();
    AtomicInteger asked = new AtomicInteger();
    Supplier<String> large =
        () -> {
          asked.incrementAndGet();
          return "x".repeat(16 << 20);
        };
    server =
        start(
            new AdminPages(large, List::of, readiness::get, AdminSite.NONE),
            Duration.ofSeconds(30));
    try (Socket socket = connect()) {
      String get = "GET /metrics HTTP/1.1\r\n\r\n";
      socket.getOutputStream().write(get.repeat(100).getBytes(StandardCharsets.UTF_8));
      assertThat(socket.getInputStream().readAllBytes().length).isLessThan(32 << 20);
    } catch (SocketException e) {
      assertThat(e).hasMessageContaining("reset");
    }
    assertThat(asked.get()).isLessThan(3);
  }

  @Test
  void closesAfterWhatIsNotHttpOrTooLarge() throws IOException {
    assertThat(exchange("\0\1\2 nonsense\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    assertThat(exchange("GET /" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n"))
        .startsWith("HTTP/1.1 414 ");
    assertThat(exchange("GET / HTTP/1.1\r\na: " + "x".repeat(9000) + "\r\n\r\n"))
        .startsWith("HTTP/1.1 431 ");
    assertThat(exchange("POST / HTTP/1.1\r\nConnection: close\r\nContent-Length: 99999999\r\n\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  @Test
  void closesTheConnectionThatIsOneTooMany() throws IOException {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < AdminServer.MAX_CONNECTIONS; i++) {
        sockets.add(connect());
        health(sockets.get(i));
      }
      try (Socket surplus = connect()) {
        assertThat(surplus.getInputStream().read()).isEqualTo(-1);
      }
      health(sockets.get(0));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void closesASilentConnection() throws IOException {
    server.close();
    server = start(pages, Duration.ofMillis(50));
    try (Socket silent = connect()) {
      assertThat(silent.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void aBusyPortIsAnIoException() {
    assertThatThrownBy(() -> AdminServer.start(server.address(), pages, () -> null, Set.of()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("in use");
  }

  private static void health(Socket socket) throws IOException {
    socket.getOutputStream().write("GET /health HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.UTF_8));
    InputStream in = socket.getInputStream();
    StringBuilder seen = new StringBuilder();
    while (seen.indexOf("alive\"}\n") < 0) {
      int next = in.read();
      assertThat(next).as("after %s", seen).isNotNegative();
      seen.append((char) next);
    }
  }

  private String exchange(String request) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
    socket.setSoTimeout(10_000);
    return socket;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(request(path).build(), BodyHandlers.ofString());
  }

  private static AdminServer start(AdminPages pages, Duration idle) {
    try {
      return AdminServer.start(LOOPBACK, pages, idle);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
