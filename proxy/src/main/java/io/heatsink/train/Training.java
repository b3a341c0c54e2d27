package io.heatsink.train;

import io.heatsink.resp.Replies;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/**
 * The client of a training run: it takes the ways that most commands take (forwarded, hot read, hot
 * counter, RESP2 and RESP3) and asks for every page of the admin server.
 */
public final class Training {

  private static final int COLD_BATCHES = 500;
  private static final int HOT_BATCHES = 2_000;
  private static final int PIPELINE = 16;
  private static final int TIMEOUT_MILLIS = 10_000;
  private static final String[] PAGES = {"/ready", "/health", "/metrics", "/hotkeys", "/metrics"};

  private Training() {}

  /** Exercises a proxy before a {@link StandInRedis}; takes some seconds. */
  public static void run(InetSocketAddress proxy, InetSocketAddress admin) throws IOException {
    try (Socket client = connect(proxy)) {
      exchange(client, Replies.ascii("PING\r\n"), 1);
      exchange(client, Replies.request("PING"), 1);
      exchange(client, Replies.request("SET", "cold", "value"), 1);
      exchange(client, Replies.request("CLIENT", "SETNAME", "training"), 1);
      exchange(client, Replies.request("DEL", "cold"), 1);
      for (int i = 0; i < COLD_BATCHES; i++) {
        exchange(client, mixed("cold:" + i + ":"), PIPELINE);
      }
      repeat(client, Replies.request("GET", "hot"));
      repeat(client, Replies.request("INCR", "counter"));
    }
    try (Socket client = connect(proxy)) {
      exchange(client, Replies.request("HELLO", "3"), 1);
      repeat(client, Replies.request("GET", "hot"));
    }
    awaitReady(admin);
    for (String page : PAGES) {
      ask(admin, page);
    }
  }

  /** GET and SET of sixteen keys. */
  private static byte[] mixed(String prefix) {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (int i = 0; i < PIPELINE; i++) {
      byte[] request =
          i % 4 == 0
              ? Replies.request("SET", prefix + i, "value")
              : Replies.request("GET", prefix + i);
      batch.writeBytes(request);
    }
    return batch.toByteArray();
  }

  private static void repeat(Socket client, byte[] request) throws IOException {
    ByteArrayOutputStream batch = new ByteArrayOutputStream();
    for (int i = 0; i < PIPELINE; i++) {
      batch.writeBytes(request);
    }
    byte[] pipelined = batch.toByteArray();
    for (int i = 0; i < HOT_BATCHES; i++) {
      exchange(client, i % 2 == 0 ? request : pipelined, i % 2 == 0 ? 1 : PIPELINE);
    }
  }

  private static Socket connect(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.connect(address, TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    return socket;
  }

  private static void exchange(Socket client, byte[] requests, int replies) throws IOException {
    OutputStream out = client.getOutputStream();
    out.write(requests);
    // What is read ahead belongs to these replies: nothing else is under way.
    InputStream in = new BufferedInputStream(client.getInputStream());
    for (int i = 0; i < replies; i++) {
      skipReply(in);
    }
  }

  private static void skipReply(InputStream in) throws IOException {
    String line = readLine(in);
    int count = line.charAt(0) == '$' || line.charAt(0) == '%' ? number(line) : 0;
    if (line.charAt(0) == '$' && count >= 0) {
      in.skipNBytes(count + 2L);
    } else if (line.charAt(0) == '%') {
      for (int i = 0; i < 2 * count; i++) {
        skipReply(in);
      }
    }
  }

  private static int number(String line) {
    return Integer.parseInt(line.substring(1));
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("the proxy closed the connection");
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  private static void awaitReady(InetSocketAddress admin) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
    while (!ask(admin, "/ready").contains(" 200 ")) {
      if (System.nanoTime() > deadline) {
        throw new IOException("the proxy does not find its backend");
      }
    }
  }

  /** The status line of a page, which is read to its end. */
  private static String ask(InetSocketAddress admin, String page) throws IOException {
    try (Socket client = connect(admin)) {
      String request = "GET " + page + " HTTP/1.1\r\nConnection: close\r\n\r\n";
      client.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      byte[] answer = client.getInputStream().readAllBytes();
      String text = new String(answer, StandardCharsets.UTF_8);
      return text.substring(0, Math.max(0, text.indexOf('\r')));
    }
  }
}
