package io.heatsink.benchmarks.load.generator;

import io.heatsink.benchmarks.load.traffic.Trace;
import io.heatsink.benchmarks.load.traffic.Traffic;
import io.heatsink.benchmarks.load.traffic.Workload;
import io.heatsink.benchmarks.load.traffic.Workloads;
import io.heatsink.upstream.Transport;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.internal.logging.InternalLoggerFactory;
import io.netty.util.internal.logging.JdkLoggerFactory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Loads one subject once, as told on its command line. Confined to its event loop. */
public final class Generator implements Connection.Listener {

  /** Said when everything is warm and nothing under way. */
  public static final String READY = "ready";

  /** What it waits for then. */
  public static final String GO = "go";

  /** Said when a flash crowd has been there for {@value #MARK_MILLIS} ms. */
  public static final String MARK = "mark";

  private static final long MARK_MILLIS = 50;
  private static final int CONNECTING_AT_ONCE = 64;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int READ_LEAST_BYTES = 512;
  private static final int READ_INITIAL_BYTES = 16 * 1024;
  private static final int READ_MOST_BYTES = 256 * 1024;
  private static final long STALL_SECONDS = 30;
  private static final double NANOS = 1e9;
  private static final long DRAWS_PER_MILLI = 1_000;
  private static final int LEAST_DRAWS = 1 << 17;
  private static final int MOST_DRAWS = 1 << 22;

  private final Order order;
  private final Workload workload;
  private final EventLoop loop;
  private final Bootstrap bootstrap;
  private final PrintStream harness;
  private final Tally tally = new Tally();
  private final List<Connection> connections = new ArrayList<>();
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
  private int connecting;
  private @Nullable Pace pace;
  private Runnable whenDone = () -> {};

  private Generator(Order order, Workload workload, EventLoop loop, PrintStream harness) {
    this.order = order;
    this.workload = workload;
    this.loop = loop;
    this.harness = harness;
    bootstrap =
        new Bootstrap()
            .group(loop)
            .channel(Transport.best().client())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new AdaptiveRecvByteBufAllocator(
                    READ_LEAST_BYTES, READ_INITIAL_BYTES, READ_MOST_BYTES))
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    channel.pipeline().addLast(new Connection(Generator.this, tally));
                  }
                })
            .remoteAddress(order.host(), order.port());
  }

  /** Runs an {@link Order} and prints its {@link Outcome}; exits with 1 where it failed. */
  public static void main(String[] arguments) throws IOException {
    // It starts once a run, and has nothing to log.
    InternalLoggerFactory.setDefaultFactory(JdkLoggerFactory.INSTANCE);
    Order order = Order.parse(arguments);
    Trace trace = order.trace() == null ? null : Trace.read(order.trace());
    Workload workload =
        new Workloads(order.keys(), order.seed(), order.crowdKey(), trace, draws(order))
            .of(order.load());
    MultiThreadIoEventLoopGroup group =
        new MultiThreadIoEventLoopGroup(1, Transport.best().handlers());
    PrintStream harness = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Generator generator = new Generator(order, workload, group.next(), harness);
    int code = 0;
    try {
      generator.loop.execute(generator::connect);
      harness.println(generator.outcome.join().line());
    } catch (RuntimeException e) {
      e.printStackTrace();
      code = 1;
    }
    System.exit(code);
  }

  /** As many as are sent, unless that would take long to draw: then they come again. */
  private static int draws(Order order) {
    long wanted = (order.warmUpMillis() + order.millis()) * DRAWS_PER_MILLI;
    return (int) Math.max(LEAST_DRAWS, Math.min(wanted, MOST_DRAWS));
  }

  private void connect() {
    int wanted = order.load().clients() - connections.size() - connecting;
    for (; wanted > 0 && connecting < CONNECTING_AT_ONCE; wanted--) {
      connecting++;
      bootstrap
          .connect()
          .addListener(
              connected -> {
                if (!connected.isSuccess()) {
                  failed(connected.cause());
                }
              });
    }
  }

  @Override
  public void connected(Connection connection) {
    connecting--;
    connections.add(connection);
    if (connections.size() < order.load().clients()) {
      connect();
    } else {
      warmUp();
    }
  }

  /*
   * First as fast as replies come, so that compilers see enough of every path, then at the pace
   * that will be measured, so that the subject knows no other traffic.
   */
  private void warmUp() {
    if (order.warmUpMillis() == 0) {
      awaitGo();
    } else if (order.isOpen()) {
      run(
          false,
          order.warmUpMillis() / 2,
          () -> run(true, order.warmUpMillis() / 2, this::awaitGo));
    } else {
      run(false, order.warmUpMillis(), this::awaitGo);
    }
  }

  private void awaitGo() {
    Thread reader =
        new Thread(
            () -> {
              try (BufferedReader in =
                  new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                if (GO.equals(in.readLine())) {
                  loop.execute(this::measure);
                } else {
                  outcome.completeExceptionally(new IOException("not told to go"));
                }
              } catch (IOException e) {
                outcome.completeExceptionally(e);
              }
            },
            "go");
    reader.setDaemon(true);
    harness.println(READY);
    reader.start();
  }

  private void measure() {
    tally.reset();
    long reads = workload.reads();
    long writes = workload.writes();
    long startNanos = System.nanoTime();
    if (order.load().traffic() == Traffic.CROWD) {
      long markMillis = order.millis() / 2 + MARK_MILLIS;
      loop.schedule(() -> harness.println(MARK), markMillis, TimeUnit.MILLISECONDS);
    }
    run(
        order.isOpen(),
        order.millis(),
        () -> {
          double seconds = (System.nanoTime() - startNanos) / NANOS;
          Outcome measured =
              tally.outcome(workload.reads() - reads, workload.writes() - writes, seconds);
          connections.forEach(Connection::close);
          outcome.complete(measured);
        });
  }

  /** Sends for so long, waits for all replies and goes on. */
  private void run(boolean open, long millis, Runnable then) {
    Span span = new Span(System.nanoTime(), TimeUnit.MILLISECONDS.toNanos(millis));
    int batch = order.load().pipeline();
    Pace begun =
        open
            ? new OpenPace(loop, connections, workload, order, span, tally)
            : new ClosedPace(connections, workload, batch, span);
    pace = begun;
    whenDone = then;
    var unused =
        loop.schedule(
            () -> {
              if (pace == begun) {
                failed(new IOException("no reply for " + STALL_SECONDS + " s"));
              }
            },
            millis + TimeUnit.SECONDS.toMillis(STALL_SECONDS),
            TimeUnit.MILLISECONDS);
    begun.begin();
  }

  @Override
  public void free(Connection connection, long nowNanos) {
    Pace running = pace;
    if (running != null) {
      running.free(connection, nowNanos);
      if (running.isDone()) {
        pace = null;
        // Not from within a read: what follows may send on this very connection.
        loop.execute(whenDone);
      }
    }
  }

  @Override
  public void failed(Throwable cause) {
    outcome.completeExceptionally(cause);
  }
}
