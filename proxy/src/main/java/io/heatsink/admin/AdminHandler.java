package io.heatsink.admin;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the requests of one connection, one after the other: the next is answered once the answer
 * to the last was written. Confined to its event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // closing and writing: failures close the channel
final class AdminHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

  private static final Logger log = LoggerFactory.getLogger(AdminHandler.class);
  private static final String JSON = "application/json";
  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private final AdminPages pages;
  private final AdminToken token;
  private final AdminHosts hosts;
  private final ArrayDeque<Request> waiting = new ArrayDeque<>();
  private boolean answering;

  AdminHandler(AdminPages pages, AdminToken token, AdminHosts hosts) {
    this.pages = pages;
    this.token = token;
    this.hosts = hosts;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
    Throwable fault = request.decoderResult().isFailure() ? request.decoderResult().cause() : null;
    if (waiting.size() == AdminServer.MAX_PIPELINE) {
      ctx.close();
      return;
    }
    HttpHeaders headers = request.headers();
    String body = request.content().toString(StandardCharsets.UTF_8);
    waiting.add(new Request(request.method(), request.uri(), headers, body, fault));
    answerNext(ctx);
  }

  /** Starts the next answers while each is written at once. */
  private void answerNext(ChannelHandlerContext ctx) {
    while (!answering && ctx.channel().isActive()) {
      Request request = waiting.poll();
      if (request == null) {
        return;
      }
      answering = true;
      ctx.writeAndFlush(response(request))
          .addListener(
              written -> {
                answering = false;
                if (!written.isSuccess()) {
                  ctx.close();
                } else if (!waiting.isEmpty()) {
                  ctx.executor().execute(() -> answerNext(ctx));
                }
              });
    }
  }

  private FullHttpResponse response(Request request) {
    Answer answer = answer(request);
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    boolean head = request.method().equals(HttpMethod.HEAD);
    ByteBuf content = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body);
    FullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, answer.status(), content);
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
        .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length)
        .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE)
        .set("x-content-type-options", "nosniff");
    answer.headers().forEach((name, value) -> response.headers().set(name, value));
    if (answer.status().equals(HttpResponseStatus.METHOD_NOT_ALLOWED)) {
      response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
    }
    if (answer.status().equals(HttpResponseStatus.UNAUTHORIZED)) {
      response.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, AdminToken.CHALLENGE);
    }
    if (request.fault() != null) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return response;
  }

  private Answer answer(Request request) {
    if (request.fault() != null) {
      HttpResponseStatus status = statusOf(request.fault());
      return new Answer(status, JSON, AdminJson.of("error", status.reasonPhrase()));
    }
    if (!hosts.admits(query(request).path(), request.headers().get(HttpHeaderNames.HOST))) {
      String text = "ask by address or as localhost, or name this host in admin.hosts";
      return new Answer(HttpResponseStatus.MISDIRECTED_REQUEST, JSON, AdminJson.of("error", text));
    }
    String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
    if (!token.admits(query(request).path(), authorization)) {
      String text = AdminJson.of("error", "show the token: Authorization: Bearer TOKEN");
      return new Answer(HttpResponseStatus.UNAUTHORIZED, JSON, text);
    }
    try {
      AdminSite.Page page = pages.site().answer(query(request));
      if (page != null) {
        HttpResponseStatus status = HttpResponseStatus.valueOf(page.status());
        return new Answer(status, page.type(), page.body(), page.headers());
      }
    } catch (RuntimeException e) {
      return failed(request.uri(), e);
    }
    if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
      String text = AdminJson.of("error", "GET and HEAD only");
      return new Answer(HttpResponseStatus.METHOD_NOT_ALLOWED, JSON, text);
    }
    String path = query(request).path();
    try {
      return page(path);
    } catch (RuntimeException e) {
      return failed(path, e);
    }
  }

  private static AdminSite.Query query(Request request) {
    String uri = request.uri();
    int mark = uri.indexOf('?');
    return new AdminSite.Query(
        request.method().name(),
        mark < 0 ? uri : uri.substring(0, mark),
        mark < 0 ? "" : uri.substring(mark + 1),
        name -> request.headers().get(name, ""),
        request.body());
  }

  private static Answer failed(String path, RuntimeException e) {
    log.atWarn().addKeyValue("path", path).setCause(e).log("admin page failed");
    String text = AdminJson.of("error", "this page failed; the log says why");
    return new Answer(HttpResponseStatus.INTERNAL_SERVER_ERROR, JSON, text);
  }

  private Answer page(String path) {
    return switch (path) {
      case "/metrics" -> new Answer(HttpResponseStatus.OK, METRICS, pages.metrics().get());
      case "/hotkeys" -> ok(AdminJson.hotKeys(pages.hotKeys().get()));
      case "/health" -> ok(AdminJson.of("status", "alive"));
      case "/ready" -> {
        Readiness readiness = pages.readiness().get();
        HttpResponseStatus status =
            readiness.ready() ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE;
        yield new Answer(status, JSON, AdminJson.readiness(readiness));
      }
      default -> {
        String text =
            AdminJson.of(
                "error", "no such page: /, /api/v1, /config, /metrics, /hotkeys, /health, /ready");
        yield new Answer(HttpResponseStatus.NOT_FOUND, JSON, text);
      }
    };
  }

  private static Answer ok(String json) {
    return new Answer(HttpResponseStatus.OK, JSON, json);
  }

  private static HttpResponseStatus statusOf(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return HttpResponseStatus.REQUEST_URI_TOO_LONG;
    }
    return cause instanceof TooLongHttpHeaderException
        ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
        : HttpResponseStatus.BAD_REQUEST;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof IdleStateEvent) {
      ctx.close();
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      log.debug("admin connection failed", cause);
    }
    ctx.close();
  }

  /** A request without its body, so that nothing needs to be released. */
  private record Request(
      HttpMethod method, String uri, HttpHeaders headers, String body, @Nullable Throwable fault) {

    /** Shows no token. */
    @Override
    public String toString() {
      return method + " " + uri;
    }
  }

  private record Answer(
      HttpResponseStatus status, String type, String body, Map<String, String> headers) {

    Answer(HttpResponseStatus status, String type, String body) {
      this(status, type, body, Map.of());
    }
  }
}
