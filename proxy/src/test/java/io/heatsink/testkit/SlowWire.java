package io.heatsink.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A way to a port of this machine on which bytes may take their time, each connection its own, and
 * that can be cut. Bytes stay whole and in order.
 */
public final class SlowWire implements AutoCloseable {

  private static final int CHUNK_BYTES = 16 * 1024;
  private static final long STALL_LOOK_NANOS = 1_000_000;

  private final int target;
  private final ServerSocket listener;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile long maxDelayNanos;
  private volatile boolean refuses;
  private volatile boolean stalls;

  private SlowWire(int target) throws IOException {
    this.target = target;
    this.listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
  }

  /** A wire to this port, without delay at first. */
  public static SlowWire to(int port) {
    try {
      SlowWire wire = new SlowWire(port);
      start(wire::accept);
      return wire;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "slow-wire");
    thread.setDaemon(true);
    thread.start();
  }

  /** Where to connect. */
  public int port() {
    return listener.getLocalPort();
  }

  /** How long a chunk of bytes may be held; every fourth is held, for a random time up to this. */
  public void maxDelayNanos(long nanos) {
    maxDelayNanos = nanos;
  }

  /** Whether who connects from now on is turned away. */
  public void refuses(boolean on) {
    refuses = on;
  }

  /** Whether nothing comes through from now on, in both directions; what comes meanwhile waits. */
  public void stalls(boolean on) {
    stalls = on;
  }

  /** Breaks every connection, with whatever is on the way. */
  public void cut() {
    sockets.forEach(SlowWire::closeNow);
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        join(listener.accept());
      } catch (IOException e) {
        closeNow(listener);
      }
    }
  }

  /** Where nobody listens behind, who has connected sees his end closed. */
  private void join(Socket near) {
    if (refuses) {
      closeNow(near);
      return;
    }
    try {
      Socket far = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(near);
      sockets.add(far);
      near.setTcpNoDelay(true);
      far.setTcpNoDelay(true);
      start(() -> carry(near, far));
      start(() -> carry(far, near));
    } catch (IOException e) {
      closeNow(near);
    }
  }

  private void carry(Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
        hold();
        out.write(chunk, 0, read);
      }
    } catch (IOException e) {
      // One end is gone: the other follows.
    } finally {
      closeNow(from);
      closeNow(to);
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private void hold() {
    while (stalls && !listener.isClosed()) {
      LockSupport.parkNanos(STALL_LOOK_NANOS);
    }
    long most = maxDelayNanos;
    if (most > 0 && ThreadLocalRandom.current().nextInt(4) == 0) {
      LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most));
    }
  }

  private static void closeNow(Closeable end) {
    try {
      end.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closeNow(listener);
    cut();
  }
}
