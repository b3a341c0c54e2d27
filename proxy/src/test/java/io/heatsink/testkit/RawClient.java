package io.heatsink.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjIntConsumer;
import javax.net.ssl.SSLContext;

/**
 * A client that hides nothing: it sends the bytes it is given and hands back the bytes of each
 * reply. Blocking, with a time-out on every read. For one thread.
 */
public final class RawClient implements AutoCloseable {

  /** How long a read may take unless said otherwise. */
  public static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Commands that {@link #pipeline} leaves unanswered at a time: both sides' buffers hold them. */
  private static final int WINDOW = 256;

  private final Socket socket;
  private final OutputStream out;
  private final ReplyReader replies;

  private RawClient(Socket socket) throws IOException {
    this.socket = socket;
    this.out = socket.getOutputStream();
    this.replies = new ReplyReader(socket.getInputStream());
  }

  /** Connects to a port of this machine. */
  public static RawClient connect(int port) {
    return connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  /** Connects. */
  public static RawClient connect(InetSocketAddress address) {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.connect(address, (int) TIMEOUT.toMillis());
      return new RawClient(socket);
    } catch (IOException e) {
      closeNow(socket);
      throw new UncheckedIOException("cannot connect to " + address, e);
    }
  }

  /** Connects by TLS; the certificate has to be believed, and need not name the host. */
  public static RawClient connect(InetSocketAddress address, SSLContext tls) {
    try {
      Socket socket = tls.getSocketFactory().createSocket(address.getAddress(), address.getPort());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      return new RawClient(socket);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot connect to " + address, e);
    }
  }

  /** Connects with a small receive buffer, for a reader that must seem slow. */
  public static RawClient connectNarrow(InetSocketAddress address, int receiveBufferBytes) {
    Socket socket = new Socket();
    try {
      socket.setReceiveBufferSize(receiveBufferBytes);
      socket.setSoTimeout((int) TIMEOUT.toMillis());
      socket.connect(address, (int) TIMEOUT.toMillis());
      return new RawClient(socket);
    } catch (IOException e) {
      closeNow(socket);
      throw new UncheckedIOException("cannot connect to " + address, e);
    }
  }

  /** Sets how long a read may take from here on. */
  public RawClient timeout(Duration timeout) {
    try {
      socket.setSoTimeout(Math.toIntExact(timeout.toMillis()));
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The client's own end of the connection. */
  public int localPort() {
    return socket.getLocalPort();
  }

  /** Sends one command as an array of bulk strings, text as UTF-8. */
  public RawClient send(String... args) {
    return sendRaw(encode(args));
  }

  /** Sends one command as an array of bulk strings. */
  public RawClient send(byte[]... args) {
    return sendRaw(encode(args));
  }

  /** Sends these bytes, whatever they are. */
  public RawClient sendRaw(byte[] bytes) {
    return sendRaw(bytes, 0, bytes.length);
  }

  /** Sends a part of these bytes. */
  public RawClient sendRaw(byte[] bytes, int offset, int length) {
    try {
      out.write(bytes, offset, length);
      out.flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of exactly one reply. */
  public byte[] readReply() {
    try {
      return replies.next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The next bytes, whatever they are a part of; fewer than asked for only at the end. */
  public int take(byte[] into, int length) {
    try {
      return replies.take(into, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether bytes of a reply have arrived. */
  public boolean hasInput() {
    try {
      return replies.hasInput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of exactly one reply as text, one character a byte. */
  public String readText() {
    return new String(readReply(), ISO_8859_1);
  }

  /** Sends one command and returns its reply as text, one character a byte. */
  public String call(String... args) {
    return send(args).readText();
  }

  /** Sends one command and returns its reply as text, one character a byte. */
  public String call(byte[]... args) {
    return send(args).readText();
  }

  /** Sends encoded commands, a window at a time, and returns one reply for each. */
  public List<byte[]> pipeline(List<byte[]> commands) {
    List<byte[]> answers = new ArrayList<>(commands.size());
    for (int from = 0; from < commands.size(); from += WINDOW) {
      List<byte[]> window = commands.subList(from, Math.min(commands.size(), from + WINDOW));
      sendRaw(join(window));
      for (int i = 0; i < window.size(); i++) {
        answers.add(readReply());
      }
    }
    return answers;
  }

  /** Everything that arrives until the other side closes the connection, as text. */
  public String readUntilClosed() {
    StringBuilder text = new StringBuilder();
    drain((chunk, length) -> text.append(new String(chunk, 0, length, ISO_8859_1)));
    return text.toString();
  }

  /** The number of bytes that arrive until the other side closes the connection. */
  public long countUntilClosed() {
    long[] count = {0};
    drain((chunk, length) -> count[0] += length);
    return count[0];
  }

  private void drain(ObjIntConsumer<byte[]> sink) {
    byte[] chunk = new byte[16 * 1024];
    try {
      int read = socket.getInputStream().read(chunk);
      while (read >= 0) {
        sink.accept(chunk, read);
        read = socket.getInputStream().read(chunk);
      }
    } catch (SocketTimeoutException e) {
      throw new UncheckedIOException("still open", e);
    } catch (IOException e) {
      // A reset is an end, too.
      closeNow(socket);
    }
  }

  /** Says that nothing more will be sent, and keeps reading possible. */
  public void shutdownOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Leaves at once: the other side sees a reset, not an end. */
  public void reset() {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closeNow(socket);
  }

  /** One command as an array of bulk strings, text as UTF-8. */
  public static byte[] encode(String... args) {
    byte[][] bytes = new byte[args.length][];
    for (int i = 0; i < args.length; i++) {
      bytes[i] = args[i].getBytes(UTF_8);
    }
    return encode(bytes);
  }

  /** One command as an array of bulk strings. */
  public static byte[] encode(byte[]... args) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(("*" + args.length + "\r\n").getBytes(ISO_8859_1));
    for (byte[] arg : args) {
      bytes.writeBytes(("$" + arg.length + "\r\n").getBytes(ISO_8859_1));
      bytes.writeBytes(arg);
      bytes.write('\r');
      bytes.write('\n');
    }
    return bytes.toByteArray();
  }

  /** Commands one behind the other. */
  public static byte[] join(List<byte[]> commands) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    commands.forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }

  /** Bytes for a message to a human: what is not printable ASCII is escaped. */
  public static String printable(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) {
      switch (b) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        case '\\' -> text.append("\\\\");
        default -> {
          if (b >= ' ' && b < 127) {
            text.append((char) b);
          } else {
            text.append("\\x").append(Character.forDigit((b >> 4) & 15, 16));
            text.append(Character.forDigit(b & 15, 16));
          }
        }
      }
    }
    return text.toString();
  }

  private static void closeNow(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
