package io.heatsink.upstream;

import io.heatsink.command.ErrorReplies;
import io.heatsink.command.OwnWords;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Numbers;
import io.heatsink.resp.Replies;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the backend track what one user's pipes read, and hears of changes. Confined to its event
 * loop.
 *
 * @see <a href="https://redis.io/docs/latest/commands/client-tracking/">CLIENT TRACKING</a>
 */
final class Invalidations implements Owner {

  /*
   * The pipes that carry the clients' commands track what they read (OPTIN: only a read that
   * follows CLIENT CACHING YES), so that a read that is to be kept travels in its client's order
   * like any other. What changes is told on a connection of RESP3 beside them (REDIRECT), as a pipe
   * may speak RESP2. They come out of step: news of a change can overtake the very reply that it
   * outdates. So it raises the key's epoch, which every fill under way is compared with, and that
   * may cost a fill that was read after the change, never an answer that was read before it.
   *
   * A user may be allowed CLIENT TRACKING and not CLIENT CACHING. So a pipe asks for both before
   * anything is promised for it; the PING takes the consent, so that nothing is tracked by it.
   *
   * A pipe's own writes are not told to it (NOLOOP): they drop what they change before they are
   * sent. Those that come by other pipes are dropped twice.
   *
   * Redis knows keys without their database here, so a change drops the key in each database that
   * a pipe of this user has read from.
   */

  private static final Logger LOG = LoggerFactory.getLogger(Invalidations.class);
  private static final byte[] PING = Replies.request(OwnWords.PING);
  private static final byte[] CLIENT_ID = Replies.request("CLIENT", "ID");
  private static final byte[] CACHING = Replies.request("CLIENT", "CACHING", "YES");
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long RECONNECT_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int MAX_KEPT_BYTES = 64 * 1024;

  private final Backend backend;
  private final Credentials credentials;
  private final int number;
  private final IdentityHashMap<Pipe, Tracking> promises = new IdentityHashMap<>();
  private final Set<Pipe> asked = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Integer> databases = new ArrayList<>();
  private @Nullable Pipe news;
  private String newsId = "";
  private final List<Runnable> waiting = new ArrayList<>();
  private boolean asking;
  private ByteBuf message = Unpooled.buffer(256);
  private boolean refused;
  private long notBeforeNanos;

  /** {@code number} is for the connection that the news comes on. */
  Invalidations(Backend backend, Credentials credentials, int number) {
    this.backend = backend;
    this.credentials = credentials;
    this.number = number;
    this.notBeforeNanos = backend.clock().nowNanos();
  }

  /** What the backend has promised for this pipe; null where it has not, but is being asked. */
  @Nullable Tracking promise(Pipe pipe) {
    Tracking promise = promises.get(pipe);
    if (promise != null && !promise.isLost()) {
      return promise;
    }
    if (promise != null) {
      lost(pipe);
    }
    if (backend.clock().nowNanos() - notBeforeNanos >= 0) {
      ask(pipe);
    }
    return null;
  }

  private void ask(Pipe pipe) {
    if (news == null) {
      connect();
    } else if (!newsId.isEmpty() && asked.add(pipe)) {
      String id = newsId;
      byte[] command =
          Replies.request("CLIENT", "TRACKING", "ON", "REDIRECT", id, "OPTIN", "NOLOOP");
      pipe.send(command, WholeReply.then(reply -> answered(pipe, id, reply, false)));
      pipe.send(CACHING, WholeReply.then(reply -> answered(pipe, id, reply, true)));
      pipe.send(PING, ReplySlot.NOBODY);
    }
  }

  private void connect() {
    PipeKey key = new PipeKey(credentials, 0, true);
    Pipe opening = new Pipe(backend, key, false, number);
    opening.owner(this);
    news = opening;
    newsId = "";
    opening.send(
        CLIENT_ID,
        WholeReply.then(
            reply -> {
              if (reply.isInteger()) {
                newsId = Long.toString(reply.integer());
              } else if (ErrorReplies.isOwn(reply.encoded())) {
                notBeforeNanos = backend.clock().nowNanos() + RECONNECT_NANOS;
              } else {
                refuse(reply);
              }
            }));
  }

  private void answered(Pipe pipe, String id, WholeReply reply, boolean isLast) {
    if (!id.equals(newsId) || !asked.contains(pipe)) {
      return;
    }
    if (reply.isError()) {
      asked.remove(pipe);
      refuse(reply);
    } else if (isLast) {
      asked.remove(pipe);
      promised(pipe);
    }
  }

  private void promised(Pipe pipe) {
    refused = false;
    notBeforeNanos = backend.clock().nowNanos();
    backend.tracking().withdraw(this);
    int database = pipe.key().database();
    if (!databases.contains(database)) {
      databases.add(database);
    }
    promises.put(pipe, new Tracking(this::whenTold));
    backend.tracking().add(1);
    LOG.debug("{} tracks what database {} is asked for", backend.name(), database);
  }

  private void refuse(WholeReply reply) {
    notBeforeNanos = backend.clock().nowNanos() + RETRY_NANOS;
    String why = new String(reply.encoded(), StandardCharsets.UTF_8).substring(1).trim();
    backend.tracking().refuse(this, why);
    if (!refused) {
      refused = true;
      LOG.info(
          "{} does not track keys ({}): answers are kept for cache.untracked-ttl only",
          backend.name(),
          why);
    }
  }

  /** From any thread. */
  private void whenTold(Runnable then) {
    if (backend.loop().inEventLoop()) {
      askForNews(then);
    } else {
      backend.loop().execute(() -> askForNews(then));
    }
  }

  /** Redis answers a PING on the connection of the news after all news from before it. */
  private void askForNews(Runnable then) {
    waiting.add(then);
    if (!asking) {
      ping();
    }
  }

  private void ping() {
    Pipe open = news;
    List<Runnable> told = List.copyOf(waiting);
    waiting.clear();
    if (open == null) {
      return;
    }
    asking = true;
    open.send(
        PING,
        WholeReply.then(
            reply -> {
              asking = false;
              if (!reply.isFailed()) {
                told.forEach(Runnable::run);
              }
              if (!waiting.isEmpty()) {
                ping();
              }
            }));
  }

  /** The pipe is lost: the backend no longer tracks what it read. */
  void lost(Pipe pipe) {
    asked.remove(pipe);
    Tracking promise = promises.remove(pipe);
    if (promise != null) {
      promise.lose();
      backend.tracking().add(-1);
    }
    if (promises.isEmpty() && asked.isEmpty()) {
      close();
    }
  }

  /** Nobody needs it any more. */
  void forget() {
    close();
    backend.tracking().withdraw(this);
  }

  /** Closes the connection that the news comes on. */
  void close() {
    Pipe open = news;
    if (open != null) {
      open.close();
    }
  }

  @Override
  public boolean isListening() {
    return false;
  }

  @Override
  public boolean claims(ByteBuf bytes, int index, int length) {
    return false;
  }

  /** The news is gone: nothing that was read may be believed any more. */
  @Override
  public void lost(boolean wasReady) {
    news = null;
    newsId = "";
    message.clear();
    promises.values().forEach(Tracking::lose);
    backend.tracking().add(-promises.size());
    promises.clear();
    asked.clear();
    databases.clear();
  }

  @Override
  public void outOfBand(ByteBuf bytes, int index, int length, boolean last) {
    message.writeBytes(bytes, index, length);
    if (last) {
      read();
      if (message.capacity() > MAX_KEPT_BYTES) {
        message = Unpooled.buffer(256);
      }
      message.clear();
    }
  }

  /** {@code >2 invalidate *n key …}, or a null in the place of the keys for every key. */
  private void read() {
    int at = line(line(line(0)));
    byte type = message.getByte(at);
    if (type != '*' || message.getByte(at + 1) == '-') {
      backend.stats().invalidations++;
      backend.writes().everythingChanged();
      return;
    }
    int count = number(at);
    at = line(at);
    for (int i = 0; i < count; i++) {
      int length = number(at);
      at = line(at);
      changed(KeyHash.of(message, at, length));
      at += length + 2;
    }
  }

  private void changed(long hash) {
    backend.stats().invalidations++;
    for (int i = 0; i < databases.size(); i++) {
      backend.writes().changed(KeyHash.with(hash, databases.get(i)));
    }
  }

  private int number(int at) {
    return (int) Numbers.parseLong(message, at + 1, line(at) - 2 - at - 1);
  }

  private int line(int from) {
    return message.indexOf(from, message.writerIndex(), (byte) '\n') + 1;
  }
}
