package io.heatsink.benchmarks.load.subject;

import io.heatsink.benchmarks.load.traffic.Workloads;
import io.heatsink.command.FlushQueue;
import io.heatsink.command.GatherBuffer;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.resp.RespLimits;
import io.heatsink.upstream.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Parses requests as Heatsink does and answers each with bytes that were ready before: what a JVM
 * on this transport can do at best. Confined to its event loop.
 *
 * <p>Sockets, reads and writes are set as the product sets them: replies gather and are written
 * once an iteration of the event loop, large ones without a copy. {@code CONFIG SET value-bytes N}
 * makes the values of its replies so large.
 */
public final class NullServer extends ChannelInitializer<SocketChannel> {

  private static final int BACKLOG = 1024;
  private static final int OUTPUT_LOW_BYTES = 256 * 1024;
  private static final int OUTPUT_HIGH_BYTES = 1024 * 1024;
  private static final int MAX_REQUEST_BYTES = 64 << 20;
  private static final int OUT_INITIAL_BYTES = 1024;
  private static final int COPY_LIMIT_BYTES = 16 * 1024;
  private static final int USUAL_VALUE_BYTES = 100;

  private static final int SET_LETTERS = 3;

  private static final byte[] OK = Replies.OK;
  private static final byte[] ONE = Replies.integer(1);
  private static final byte[] PONG = Replies.ascii("+PONG\r\n");

  private final FlushQueue flushes;
  private byte[] value = new byte[0];
  private byte[] values = new byte[0];
  private ByteBuf shared = Unpooled.EMPTY_BUFFER;

  private NullServer(EventLoop loop) {
    flushes = new FlushQueue(loop);
    valueBytes(USUAL_VALUE_BYTES);
  }

  /** Serves a port of this machine until the process is ended. */
  public static void main(String[] arguments) {
    int port = Integer.parseInt(arguments[0]);
    Transport transport = Transport.best();
    MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, transport.handlers());
    new ServerBootstrap()
        .group(group)
        .channel(transport.server())
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, BACKLOG)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childOption(ChannelOption.SO_KEEPALIVE, true)
        .childOption(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(OUTPUT_LOW_BYTES, OUTPUT_HIGH_BYTES))
        .childHandler(new NullServer(group.next()))
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
        .syncUninterruptibly()
        .channel()
        .closeFuture()
        .syncUninterruptibly();
  }

  @Override
  protected void initChannel(SocketChannel client) {
    client.pipeline().addLast(new Client(client));
  }

  private void valueBytes(int bytes) {
    value = Replies.bulk(new byte[bytes]);
    ByteArrayOutputStream array = new ByteArrayOutputStream();
    array.writeBytes(Replies.ascii("*" + Workloads.KEYS_OF_MGET + "\r\n"));
    for (int i = 0; i < Workloads.KEYS_OF_MGET && bytes <= COPY_LIMIT_BYTES; i++) {
      array.writeBytes(value);
    }
    values = array.toByteArray();
    shared.release();
    shared = Unpooled.directBuffer(value.length).writeBytes(value);
  }

  private final class Client extends ChannelInboundHandlerAdapter implements FlushQueue.Flushable {

    private final Channel channel;
    private final RequestParser parser =
        new RequestParser(RespLimits.withRequestBytes(MAX_REQUEST_BYTES));
    private final GatherBuffer out = new GatherBuffer(OUT_INITIAL_BYTES);
    private @Nullable ByteBuf input;
    private boolean isDirty;

    Client(Channel channel) {
      this.channel = channel;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ByteBuf in = joined((ByteBuf) message);
      int result = parser.parse(in);
      while (result == RequestParser.REQUEST || result == RequestParser.NOTHING) {
        if (result == RequestParser.REQUEST) {
          answer(parser.request());
        }
        in.readerIndex(parser.end());
        result = parser.parse(in);
      }
      if (result == RequestParser.ERROR) {
        context.close();
      }
      if (in.isReadable() && result != RequestParser.ERROR) {
        input = in;
      } else {
        input = null;
        in.release();
      }
    }

    private ByteBuf joined(ByteBuf bytes) {
      ByteBuf kept = input;
      if (kept == null) {
        return bytes;
      }
      int needed = Math.max(parser.neededBytes(), kept.readableBytes() + bytes.readableBytes());
      ByteBuf joined = kept;
      if (kept.writableBytes() < bytes.readableBytes()) {
        joined = ByteBufAllocator.DEFAULT.directBuffer(needed).writeBytes(kept);
        kept.release();
      }
      joined.writeBytes(bytes);
      bytes.release();
      return joined;
    }

    private void answer(Request request) {
      int first = request.buffer().getByte(request.offset(0)) & ~0x20;
      switch (first) {
        case 'G' -> answerValue();
        case 'M' -> gather(values);
        case 'S' -> gather(request.length(0) == SET_LETTERS ? OK : ONE);
        case 'I' -> gather(ONE);
        default -> answerRare(request);
      }
    }

    private void answerValue() {
      if (value.length <= COPY_LIMIT_BYTES) {
        gather(value);
      } else {
        writeGathered();
        channel.write(shared.retainedDuplicate(), channel.voidPromise());
        markDirty();
      }
    }

    private void answerRare(Request request) {
      String name = request.text(0).toUpperCase(Locale.ROOT);
      if (name.equals("CONFIG")) {
        valueBytes(Integer.parseInt(request.text(request.argc() - 1)));
      }
      boolean isNumber = name.equals("DECR") || name.equals("DEL") || name.equals("EXISTS");
      gather(name.equals("PING") ? PONG : isNumber || name.equals("TTL") ? ONE : OK);
    }

    private void gather(byte[] reply) {
      out.room(reply.length).writeBytes(reply);
      markDirty();
    }

    private void markDirty() {
      if (!isDirty) {
        isDirty = true;
        flushes.add(this);
      }
    }

    @Override
    public void flush() {
      isDirty = false;
      writeGathered();
      channel.flush();
    }

    private void writeGathered() {
      ByteBuf gathered = out.take();
      if (gathered != null) {
        channel.write(gathered, channel.voidPromise());
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
      channel.config().setAutoRead(channel.isWritable());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      ByteBuf kept = input;
      input = null;
      if (kept != null) {
        kept.release();
      }
      out.release();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
