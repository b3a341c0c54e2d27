package io.heatsink.flight;

import static io.heatsink.fake.Latin.followed;
import static io.heatsink.fake.Latin.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.command.Client;
import io.heatsink.command.ReplySlot;
import io.heatsink.command.Tracking;
import io.heatsink.command.Upstream;
import io.heatsink.fake.FakeClient;
import io.heatsink.fake.FakePipe;
import io.heatsink.fake.FakePlace;
import io.heatsink.fake.FakeRedis;
import io.heatsink.metrics.LaneStats;
import io.heatsink.resp.Request;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The rule of joining, case by case. */
class CoalescerTest {

  private static final String LOST_CODE = "-ERR Heatsink: connection to the backend lost";

  private final FakeRedis redis = new FakeRedis();
  private final FakePipe pipe = new FakePipe(redis);
  private final LaneStats stats = new LaneStats();
  private final Coalescer coalescer = new Coalescer(stats);

  @BeforeEach
  void fill() {
    redis.values().put("a", "1");
    redis.values().put("b", "2");
  }

  private FakeClient client() {
    return new FakeClient(pipe);
  }

  private void get(FakeClient client, String key) {
    Request request = request("GET", key);
    coalescer.read(client, request, request.hash(1), null);
  }

  private void get(FakeClient client, String key, Capture.Source captures) {
    Request request = request("GET", key);
    coalescer.read(client, request, request.hash(1), captures);
  }

  @Test
  void aThousandReadersCostTwoReads() {
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      clients.add(client());
      get(clients.get(i), "a");
    }
    assertThat(pipe.log()).containsExactly("GET a");
    pipe.settle();
    assertThat(pipe.log()).containsExactly("GET a", "GET a");
    assertThat(stats.coalesced).isEqualTo(998);
    clients.forEach(one -> assertThat(one.reply(0)).isEqualTo("$1\r\n1\r\n"));
  }

  @Test
  void nobodyJoinsAReadOnTheWire() {
    FakeClient early = client();
    get(early, "a");
    pipe.run();
    redis.values().put("a", "new");
    FakeClient late = client();
    get(late, "a");
    pipe.reply();
    assertThat(early.reply(0)).isEqualTo("$1\r\n1\r\n");
    assertThat(late.last().isDone()).isFalse();
    pipe.settle();
    assertThat(late.reply(0)).isEqualTo("$3\r\nnew\r\n");
  }

  @Test
  void aClientsNextCommandLeavesAfterItsRead() {
    FakeClient first = client();
    FakeClient second = client();
    get(first, "a");
    get(second, "a");
    second.forward(request("SET", "a", "9"));
    assertThat(pipe.log()).containsExactly("GET a", "GET a", "SET a 9");
    get(second, "a");
    get(second, "b");
    assertThat(pipe.log()).containsExactly("GET a", "GET a", "SET a 9", "GET a", "GET b");
    pipe.settle();
    assertThat(second.reply(0)).isEqualTo("$1\r\n1\r\n");
    assertThat(second.reply(2)).isEqualTo("$1\r\n9\r\n");
  }

  @Test
  void aClientsOwnReadsOfOneKeyShareAFlight() {
    FakeClient client = client();
    for (int i = 0; i < 100; i++) {
      get(client, "a");
    }
    pipe.settle();
    assertThat(pipe.log()).containsExactly("GET a", "GET a");
    assertThat(client.places()).allMatch(FakePlace::isDone);
  }

  @Test
  void nobodyGathersAroundAReadThatItsClientsNextCommandSendsOn() {
    get(client(), "a");
    FakeClient pipelining = client();
    Request followed = followed(new String[] {"GET", "a"}, "GET", "b");
    coalescer.read(pipelining, followed, followed.hash(1), null);
    assertThat(pipe.log()).containsExactly("GET a", "GET a");
    assertThat(pipelining.deferred()).isNull();
    FakeClient late = client();
    get(late, "a");
    coalescer.read(pipelining, followed, followed.hash(1), null);
    assertThat(pipe.log()).containsExactly("GET a", "GET a");
    assertThat(stats.coalesced).isEqualTo(1);
    pipe.settle();
    assertThat(pipe.log()).containsExactly("GET a", "GET a", "GET a");
    assertThat(late.reply(0)).isEqualTo("$1\r\n1\r\n");
    assertThat(pipelining.reply(1)).isEqualTo("$1\r\n1\r\n");
  }

  @Test
  void theSameReadOnceMoreGathers() {
    get(client(), "a");
    Request repeated = followed(new String[] {"GET", "a"}, "GET", "a");
    coalescer.read(client(), repeated, repeated.hash(1), null);
    assertThat(pipe.log()).containsExactly("GET a");
    pipe.settle();
  }

  @Test
  void onlyTheSameBytesOnTheSameConnectionShare() {
    FakeClient other = new FakeClient(new FakePipe(redis));
    get(client(), "a");
    get(other, "a");
    get(client(), "b");
    assertThat(pipe.log()).containsExactly("GET a", "GET b");
    assertThat(stats.coalesced).isZero();
  }

  @Test
  void readsOfOneHashGetEachItsOwnAnswer() {
    redis.values().put("a", "1");
    redis.values().put("c", "2");
    List<FakeClient> clients = List.of(client(), client(), client(), client());
    long hash = request("GET", "a").hash(1);
    coalescer.read(clients.get(0), request("GET", "a"), hash, null);
    coalescer.read(clients.get(1), request("get", "a"), hash, null);
    coalescer.read(clients.get(2), request("GET", "c"), hash, null);
    coalescer.read(clients.get(3), request("GET", "a"), hash, null);
    pipe.settle();
    assertThat(pipe.log()).containsExactly("GET a", "GET c", "GET a", "get a");
    assertThat(clients)
        .extracting(client -> client.reply(0))
        .containsExactly("$1\r\n1\r\n", "$1\r\n1\r\n", "$1\r\n2\r\n", "$1\r\n1\r\n");
  }

  @Test
  void aFlightHasALimit() {
    get(client(), "a");
    FakeClient many = client();
    for (int i = 0; i < 65_536; i++) {
      get(many, "a");
    }
    assertThat(pipe.log()).hasSize(1);
    get(many, "a");
    assertThat(pipe.log()).as("full, so it leaves").hasSize(2);
    pipe.settle();
    assertThat(pipe.log()).isEqualTo(Collections.nCopies(3, "GET a"));
    assertThat(many.places()).allMatch(FakePlace::isDone);
  }

  @Test
  void failureReachesMembersAndTheNextFlightStillLeaves() {
    FakeClient first = client();
    FakeClient second = client();
    get(first, "a");
    get(second, "a");
    pipe.disconnect();
    assertThat(first.reply(0)).startsWith(LOST_CODE);
    assertThat(second.reply(0)).startsWith(LOST_CODE);
    pipe.connect();
    get(first, "a");
    get(second, "a");
    pipe.settle();
    assertThat(first.reply(1)).isEqualTo("$1\r\n1\r\n");
    assertThat(second.reply(1)).isEqualTo("$1\r\n1\r\n");
  }

  /** A client that asks again from within the callback that tells it of a failure. */
  @Test
  void aFlightThatFailsWhileAReaderJoinsIsNotJoined() {
    FakeClient a = client();
    FakeClient b = client();
    FakeClient c = client();
    get(a, "a");
    get(a, "b");
    get(b, "a");
    get(b, "a");
    get(c, "b");
    // b waits behind a's read of "a", c behind its read of "b"; each has a next command ready.
    b.places().get(0).whenDone(() -> c.forward(request("SET", "x", "1")));
    a.places().get(0).whenDone(() -> get(b, "b"));
    pipe.disconnect();
    for (FakeClient client : List.of(a, b, c)) {
      assertThat(client.places()).as("everyone is answered").allMatch(FakePlace::isDone);
    }
  }

  /** A capture whose answers the test chooses. */
  private static final class Listener implements Capture {
    final List<String> seen = new ArrayList<>();
    boolean begins = true;
    boolean current = true;

    @Override
    public boolean begin() {
      seen.add("begin");
      return begins;
    }

    @Override
    public boolean isCurrent() {
      return current;
    }

    @Override
    public void joined() {
      seen.add("joined");
    }

    @Override
    public void part(ByteBuf bytes, int index, int length, boolean last) {
      seen.add(last ? "last" : "part");
    }

    @Override
    public void fail(byte[] error) {
      seen.add("failed");
    }
  }

  @Test
  void aCurrentCaptureIsJoinedOnTheWire() {
    Listener listener = new Listener();
    FakeClient first = client();
    FakeClient second = client();
    get(first, "a", (client, request, hash) -> listener);
    pipe.run();
    get(second, "a", (client, request, hash) -> new Listener());
    assertThat(pipe.log()).containsExactly("GET a");
    pipe.reply();
    assertThat(second.reply(0)).isEqualTo("$1\r\n1\r\n");
    assertThat(listener.seen).containsExactly("begin", "joined", "last");
  }

  /** What a write has made useless is not waited for, where the answer is to be kept. */
  @Test
  void anOutdatedCaptureGivesItsPlaceToTheNext() {
    Listener outdated = new Listener();
    Listener next = new Listener();
    FakeClient third = client();
    get(client(), "a", (client, request, hash) -> outdated);
    outdated.current = false;
    get(client(), "a", (client, request, hash) -> next);
    get(third, "a", (client, request, hash) -> new Listener());
    assertThat(pipe.log()).as("two reads, at once").containsExactly("GET a", "GET a");
    pipe.settle();
    assertThat(third.reply(0)).isEqualTo("$1\r\n1\r\n");
    assertThat(outdated.seen).containsExactly("begin", "last");
    assertThat(next.seen).containsExactly("begin", "joined", "last");
    get(client(), "a");
    assertThat(pipe.log()).as("nothing is on the wire any more").hasSize(3);
  }

  /** While others write, who reads waits for one flight at a time, as ever. */
  @Test
  void whatMayNotBeKeptGathers() {
    Capture.Source never =
        new Capture.Source() {
          @Override
          public Capture of(Client client, Request request, long hash) {
            Listener listener = new Listener();
            listener.begins = false;
            return listener;
          }

          @Override
          public boolean mayKeep(Client client, Request request, long hash) {
            return false;
          }
        };
    for (int i = 0; i < 10; i++) {
      get(client(), "a", never);
    }
    pipe.settle();
    assertThat(pipe.log()).containsExactly("GET a", "GET a");
  }

  @Test
  void aCaptureThatIsNotCurrentIsNotJoined() {
    Listener listener = new Listener();
    get(client(), "a", (client, request, hash) -> listener);
    listener.current = false;
    get(client(), "a");
    pipe.settle();
    assertThat(pipe.log()).containsExactly("GET a", "GET a");
  }

  @Test
  void aCaptureThatDoesNotBeginHearsNothingAndIsNotJoined() {
    Listener listener = new Listener();
    listener.begins = false;
    get(client(), "a", (client, request, hash) -> listener);
    get(client(), "a");
    pipe.settle();
    assertThat(pipe.log()).containsExactly("GET a", "GET a");
    assertThat(listener.seen).containsExactly("begin");
  }

  @Test
  void aCaptureHearsOfFailure() {
    Listener listener = new Listener();
    get(client(), "a", (client, request, hash) -> listener);
    pipe.disconnect();
    assertThat(listener.seen).containsExactly("begin", "failed");
  }

  /** Once some of the reply is out, who joins would miss it. */
  @Test
  void aReplyThatHasBegunIsNotJoined() {
    List<ReplySlot> slots = new ArrayList<>();
    FakeClient onSlots = new FakeClient(new SlotKeeper(slots));
    get(onSlots, "a", (client, request, hash) -> new Listener());
    ByteBuf reply = Unpooled.copiedBuffer(new byte[] {'+', 'x', '\r', '\n'});
    slots.get(0).part(reply, 0, 2, false);
    get(onSlots, "a", (client, request, hash) -> new Listener());
    slots.get(0).part(reply, 2, 2, true);
    assertThat(onSlots.reply(0)).isEqualTo("+x\r\n");
    assertThat(slots).as("the second read leaves alone").hasSize(2);
    assertThat(onSlots.last().isDone()).isFalse();
    reply.release();
  }

  @Test
  void eachMemberOfAFlightDeclinesForItself() {
    List<ReplySlot> slots = new ArrayList<>();
    Upstream upstream = new SlotKeeper(slots);
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      clients.add(new FakeClient(upstream));
      get(clients.get(i), "a");
    }
    ByteBuf reply = Unpooled.copiedBuffer(new byte[] {'+', 'x', '\r', '\n'});
    slots.get(0).part(reply, 0, 4, true);
    for (int i = 1; i < 6; i += 2) {
      clients.get(i).last().declining();
    }
    assertThat(slots.get(1).declines(1_000_000)).as("some want it").isFalse();
    slots.get(1).part(reply, 0, 4, true);
    for (int i = 0; i < 6; i++) {
      assertThat(clients.get(i).last().isDone()).as("%d", i).isEqualTo(i % 2 == 0);
    }
    get(clients.get(0), "a");
    assertThat(slots).as("the flight has landed").hasSize(3);
    reply.release();
  }

  private record SlotKeeper(List<ReplySlot> slots) implements Upstream {
    @Override
    public void send(Request request, ReplySlot slot) {
      slots.add(slot);
    }

    @Override
    public void send(byte[] encoded, int length, ReplySlot slot) {
      slots.add(slot);
    }

    @Override
    public int number() {
      return 1;
    }

    @Override
    public @Nullable Tracking tracking() {
      return null;
    }

    @Override
    public boolean isDown() {
      return false;
    }

    @Override
    public boolean isFull() {
      return false;
    }

    @Override
    public void whenRoom(Runnable resume) {}
  }
}
