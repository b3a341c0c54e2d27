package io.heatsink.terminal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which Heatsink is asked, and how. */
final class Remote {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  @Option(
      names = "--admin",
      paramLabel = "<host:port>",
      defaultValue = "${env:HEATSINK_ADMIN:-127.0.0.1:9180}",
      description = "The admin port to ask. Variable: HEATSINK_ADMIN. Default: 127.0.0.1:9180.")
  private String admin = "";

  @Option(
      names = "--token-file",
      paramLabel = "<file>",
      description = "A file whose first line is the admin token. Or: HEATSINK_ADMIN_TOKEN.")
  private @Nullable Path tokenFile;

  @Option(names = "--json", description = "Print JSON, for scripts.")
  private boolean json;

  private @Nullable HttpClient http;

  /** Whether JSON is to be printed. */
  boolean isJson() {
    return json;
  }

  /** Who is asked. */
  String name() {
    return admin;
  }

  /** A document of the API, such as {@code hotkeys}. */
  JsonObject get(String path) throws RemoteException {
    return send(request(path).GET().build());
  }

  /** A page of the admin port that answers with JSON, whatever its status, such as /ready. */
  JsonObject page(String path) throws RemoteException {
    HttpResponse<String> response = exchange(builder(path).GET().build());
    if (response.statusCode() != 200 && response.statusCode() != 503) {
      throw new RemoteException(admin + ": status " + response.statusCode());
    }
    return object(response);
  }

  /** Has something done. */
  JsonObject post(String path, JsonObject body) throws RemoteException {
    return send(
        request(path)
            .header("X-Heatsink", "1")
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build());
  }

  /** A text as a part of a query. */
  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private HttpRequest.Builder request(String path) throws RemoteException {
    HttpRequest.Builder builder = builder("/api/v1/" + path);
    String token = token();
    return token.isEmpty() ? builder : builder.header("Authorization", "Bearer " + token);
  }

  private HttpRequest.Builder builder(String path) throws RemoteException {
    String base = admin.contains("://") ? admin : "http://" + admin;
    try {
      return HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT);
    } catch (IllegalArgumentException e) {
      throw new RemoteException("--admin " + admin + " is no host:port");
    }
  }

  private String token() throws RemoteException {
    Path file = tokenFile;
    if (file == null) {
      String variable = System.getenv("HEATSINK_ADMIN_TOKEN");
      return variable == null ? "" : variable.strip();
    }
    try {
      return Files.readString(file).lines().findFirst().orElse("").strip();
    } catch (IOException e) {
      throw new RemoteException("cannot read the token file " + file);
    }
  }

  private JsonObject send(HttpRequest request) throws RemoteException {
    return answer(exchange(request));
  }

  private HttpResponse<String> exchange(HttpRequest request) throws RemoteException {
    try {
      HttpClient client = http;
      if (client == null) {
        client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
        http = client;
      }
      return client.send(request, BodyHandlers.ofString());
    } catch (ConnectException e) {
      throw new RemoteException(
          "nobody listens at " + admin + ": is Heatsink running, with this admin port?");
    } catch (IOException e) {
      throw new RemoteException("cannot ask " + admin + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteException("interrupted");
    }
  }

  private JsonObject answer(HttpResponse<String> response) throws RemoteException {
    if (response.statusCode() == 401) {
      throw new RemoteException(admin + " asks for its admin token: --token-file");
    }
    JsonObject object = object(response);
    if (response.statusCode() != 200) {
      JsonElement error = object.get("error");
      throw new RemoteException(
          admin + ": " + (error == null ? "status " + response.statusCode() : error.getAsString()));
    }
    return object;
  }

  private JsonObject object(HttpResponse<String> response) throws RemoteException {
    JsonElement parsed;
    try {
      parsed = JsonParser.parseString(response.body());
    } catch (JsonParseException e) {
      throw new RemoteException(admin + " is no admin port of a Heatsink that has this command");
    }
    if (!parsed.isJsonObject()) {
      throw new RemoteException(admin + " is no admin port of a Heatsink that has this command");
    }
    return parsed.getAsJsonObject();
  }
}
