package io.heatsink.testkit;

import io.heatsink.Heatsink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;

/** Asks the admin port of a Heatsink. */
public final class AdminClient {

  /** One for all: each keeps its connections, and an admin server takes only a few. */
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private AdminClient() {}

  /** What it answers. */
  public static HttpResponse<String> get(Heatsink heatsink, String path) {
    InetSocketAddress admin = Objects.requireNonNull(heatsink.adminAddress());
    URI uri = URI.create("http://127.0.0.1:" + admin.getPort() + path);
    try {
      return HTTP.send(
          HttpRequest.newBuilder(uri).timeout(RawClient.TIMEOUT).build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** The samples of {@code /metrics} whose name begins so, summed over their labels. */
  public static double metric(Heatsink heatsink, String namePrefix) {
    double sum = 0;
    for (String line : get(heatsink, "/metrics").body().split("\n", -1)) {
      if (line.startsWith(namePrefix)) {
        sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
      }
    }
    return sum;
  }
}
