package io.heatsink.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A page of another site that has its own name resolved to this machine reads nothing here. */
class AdminHostsTest {

  private static final AdminPages PAGES =
      new AdminPages(
          () -> "",
          List::of,
          () -> new Readiness(true, "serving", "on", ""),
          query -> new AdminSite.Page(200, "text/plain", "the page", java.util.Map.of()));

  private static String status(AdminServer server, String path, String headers) throws IOException {
    try (Socket socket = new Socket(server.address().getAddress(), server.address().getPort())) {
      String request = "GET " + path + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      byte[] answer = socket.getInputStream().readAllBytes();
      return new String(answer, StandardCharsets.ISO_8859_1).split(" ", 3)[1];
    }
  }

  @Test
  void aNameThatNobodyAllowedIsRefused() throws IOException {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (AdminServer server =
        AdminServer.start(loopback, PAGES, () -> null, Set.of("heatsink.internal"))) {
      for (String host :
          List.of(
              "127.0.0.1:9180",
              "localhost",
              "LOCALHOST:1",
              "[::1]:9180",
              "10.1.2.3",
              "heatsink.internal:9180",
              "Heatsink.Internal")) {
        assertThat(status(server, "/", "Host: " + host + "\r\n")).as(host).isEqualTo("200");
      }
      for (String host : List.of("evil.example:9180", "127.0.0.1.evil.example", "localhost.evil")) {
        for (String path : List.of("/", "/api/v1/state", "/hotkeys", "/config")) {
          assertThat(status(server, path, "Host: " + host + "\r\n")).as(host).isEqualTo("421");
        }
      }
      assertThat(status(server, "/", "")).isEqualTo("200");
    }
  }
}
