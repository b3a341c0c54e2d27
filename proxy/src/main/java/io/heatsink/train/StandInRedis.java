package io.heatsink.train;

import io.heatsink.resp.Replies;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Answers the few commands of a training run on a loopback port, with one value for every key. A
 * thread for each connection. Thread-safe.
 */
public final class StandInRedis implements AutoCloseable {

  private static final int MAX_WORDS = 1_024;
  private static final int MAX_WORD_BYTES = 64 * 1024;
  private static final byte[] VALUE = Replies.bulk(new byte[1024]);
  private static final byte[] PONG = Replies.ascii("+PONG\r\n");
  private static final byte[] NO_EXPIRY = Replies.integer(-1);
  private static final byte[] HELLO = Replies.ascii("%1\r\n$5\r\nproto\r\n:3\r\n");

  private final ServerSocket server;
  private final AtomicLong counter = new AtomicLong();

  private StandInRedis(ServerSocket server) {
    this.server = server;
  }

  /** Listens on a port that the system chooses. */
  public static StandInRedis start() throws IOException {
    StandInRedis redis =
        new StandInRedis(new ServerSocket(0, 16, InetAddress.getLoopbackAddress()));
    redis.onThread(redis::accept);
    return redis;
  }

  /** Where it listens. */
  public int port() {
    return server.getLocalPort();
  }

  private void onThread(Runnable work) {
    Thread thread = new Thread(work, "stand-in-redis");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        onThread(() -> serve(client));
      }
    } catch (IOException e) {
      // Closed: the run is over.
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = new BufferedOutputStream(client.getOutputStream());
      while (true) {
        out.write(reply(readCommand(in)));
        if (in.available() == 0) {
          out.flush();
        }
      }
    } catch (IOException e) {
      // The client has gone.
    }
  }

  private byte[] reply(String command) {
    return switch (command) {
      case "get" -> VALUE;
      case "ping" -> PONG;
      case "pttl" -> NO_EXPIRY;
      case "incr", "incrby" -> Replies.integer(counter.incrementAndGet());
      case "hello" -> HELLO;
      // The shipped table of commands stays in force.
      case "command" -> Replies.error("ERR unknown command");
      default -> Replies.OK;
    };
  }

  /** Reads a whole command. Answers its name. */
  private static String readCommand(InputStream in) throws IOException {
    int words = readCount(in, '*', MAX_WORDS);
    String name = "";
    for (int i = 0; i < words; i++) {
      byte[] word = in.readNBytes(readCount(in, '$', MAX_WORD_BYTES));
      in.skipNBytes(2);
      if (i == 0) {
        name = new String(word, StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
      }
    }
    return name;
  }

  private static int readCount(InputStream in, char type, int max) throws IOException {
    int first = in.read();
    if (first < 0) {
      throw new EOFException();
    }
    if (first != type) {
      throw new IOException("not a request");
    }
    int count = 0;
    for (int digit = in.read(); digit != '\r'; digit = in.read()) {
      count = count * 10 + digit - '0';
      if (digit < '0' || digit > '9' || count > max) {
        throw new IOException("not a request");
      }
    }
    in.skipNBytes(1);
    return count;
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
