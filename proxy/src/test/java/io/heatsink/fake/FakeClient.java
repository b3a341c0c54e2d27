package io.heatsink.fake;

import io.heatsink.command.Client;
import io.heatsink.command.CommandSpec;
import io.heatsink.command.Deferred;
import io.heatsink.command.Looks;
import io.heatsink.command.Place;
import io.heatsink.command.Upstream;
import io.heatsink.command.Writes;
import io.heatsink.resp.Request;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A client that keeps all its replies. */
public final class FakeClient implements Client {

  private final Upstream upstream;
  private final int database;
  private final int user;
  private final List<FakePlace> places = new ArrayList<>();
  private final List<Runnable> heldBack = new ArrayList<>();
  private final Map<Long, FakePlace> looking = new HashMap<>();
  private final Map<Long, Long> reads = new HashMap<>();
  private @Nullable Deferred deferred;
  private boolean resp3;

  public FakeClient(Upstream upstream) {
    this(upstream, 0, 1);
  }

  public FakeClient(Upstream upstream, int database, int user) {
    this.upstream = upstream;
    this.database = database;
    this.user = user;
  }

  /** One that speaks RESP3. */
  public FakeClient resp3() {
    resp3 = true;
    return this;
  }

  /** The reply of request number {@code i}. */
  public String reply(int i) {
    return places.get(i).reply();
  }

  public List<FakePlace> places() {
    return places;
  }

  /** The place taken last. */
  public FakePlace last() {
    return places.get(places.size() - 1);
  }

  /** Has {@code sending} send this request, once it may, as the session does. */
  public void next(Request request, CommandSpec spec, Runnable sending) {
    boolean mustWait = deferred != null && deferred.holdsBack(this, request, spec);
    if (mustWait || !heldBack.isEmpty()) {
      heldBack.add(() -> next(request, spec, sending));
    } else {
      sending.run();
    }
  }

  /** Goes on with what was held back, if all that was sent before is answered. */
  public void resume() {
    if (!heldBack.isEmpty() && places.stream().allMatch(FakePlace::isDone)) {
      List<Runnable> waiting = List.copyOf(heldBack);
      heldBack.clear();
      waiting.forEach(Runnable::run);
    }
  }

  /** Whether a request waits until those before it are answered. */
  public boolean isHeldBack() {
    return !heldBack.isEmpty();
  }

  /** Sends a request past all rooms, as the router forwards it. */
  public void forward(Request request) {
    dispatchDeferred();
    upstream.send(request, reserve());
  }

  /** As the router forwards a write to these keys. */
  public void write(Request request, Writes writes, long... hashes) {
    dispatchDeferred();
    Place place = reserve();
    for (long hash : hashes) {
      writes.begin(hash, upstream.number());
    }
    if (hashes.length == 0) {
      writes.beginEverything(upstream.number());
    }
    place.ends(writes, hashes);
    upstream.send(request, place);
  }

  @Override
  public Upstream upstream() {
    return upstream;
  }

  @Override
  public int database() {
    return database;
  }

  @Override
  public int user() {
    return user;
  }

  @Override
  public boolean isResp3() {
    return resp3;
  }

  @Override
  public boolean wantsFresh() {
    return false;
  }

  @Override
  public Place reserve() {
    FakePlace place = new FakePlace();
    places.add(place);
    return place;
  }

  @Override
  public void answer(byte[] bytes, int from, int length) {
    reserve().complete(Arrays.copyOfRange(bytes, from, from + length));
  }

  @Override
  public Looks looks() {
    return new Looks() {
      @Override
      public void at(long keyHash, long read) {
        looking.put(keyHash, last());
        reads.merge(keyHash, read, (before, now) -> before.equals(now) ? now : SEVERAL);
      }

      @Override
      public boolean any() {
        return looking.values().stream().anyMatch(place -> !place.isDone());
      }

      @Override
      public long of(long keyHash) {
        FakePlace place = looking.get(keyHash);
        if (place == null || place.isDone()) {
          reads.remove(keyHash);
          return NONE;
        }
        return reads.getOrDefault(keyHash, NONE);
      }
    };
  }

  @Override
  public @Nullable Deferred deferred() {
    return deferred;
  }

  @Override
  public void defer(@Nullable Deferred to) {
    deferred = to;
  }
}
