package io.heatsink.policy;

import static io.heatsink.fake.Latin.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.resp.KeyHash;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.heatsink.resp.RequestParser;
import io.heatsink.resp.RespLimits;
import io.netty.buffer.Unpooled;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Which rule a key has, whatever a lane remembers of other keys. */
class PoliciesTest {

  private static final long SEED = 20261124;
  private static final int KEYS = 30_000;

  private final RequestParser parser = new RequestParser(RespLimits.withRequestBytes(1 << 20));

  private Request get(String key) {
    assertThat(parser.parse(Unpooled.wrappedBuffer(Replies.request("GET", key))))
        .isEqualTo(RequestParser.REQUEST);
    return parser.request();
  }

  private Rule rule(LanePolicies lane, String key) {
    return lane.of(KeyHash.of(bytes(key)), get(key), 1);
  }

  private static Rule rule(int number, String pattern, Level level) {
    return new Rule(number, new Glob(pattern), level, 0, 0);
  }

  @Test
  void theFirstRuleThatMatchesHolds() {
    Rule one = rule(1, "a:secret:*", Level.FRESH);
    Rule two = rule(2, "a:*", Level.TTL);
    LanePolicies lane = new LanePolicies(new Policies(Level.COALESCED, List.of(one, two)));
    for (int i = 0; i < 3; i++) {
      assertThat(rule(lane, "a:secret:1")).isSameAs(one);
      assertThat(rule(lane, "a:1")).isSameAs(two);
      assertThat(rule(lane, "b").level()).isEqualTo(Level.COALESCED);
      assertThat(lane.of(get("a:1"), 1)).isSameAs(two);
      assertThat(lane.of(KeyHash.of(bytes("a:2")), bytes("a:2"))).isSameAs(two);
    }
  }

  @Test
  void withoutRulesTheDefaultHolds() {
    assertThat(rule(new LanePolicies(Policies.NONE), "k").level()).isEqualTo(Level.TRACKED);
    LanePolicies lane = new LanePolicies(new Policies(Level.FRESH, List.of()));
    assertThat(rule(lane, "k").level()).isEqualTo(Level.FRESH);
  }

  @Test
  void whatIsRememberedIsWhatMatches() {
    Policies policies =
        new Policies(
            Level.TRACKED,
            List.of(
                rule(1, "*1", Level.FRESH), rule(2, "k?", Level.TTL), rule(3, "*3*", Level.TTL)));
    LanePolicies lane = new LanePolicies(policies);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < 4 * KEYS; i++) {
      String key = "k" + random.nextInt(random.nextBoolean() ? 50 : KEYS);
      byte[] text = bytes(key);
      assertThat(rule(lane, key))
          .as("seed %d, %s", SEED, key)
          .isSameAs(policies.of(Unpooled.wrappedBuffer(text), 0, text.length));
    }
  }

  @Test
  void noHashIsKnownAtFirst() {
    Rule one = rule(1, "k", Level.FRESH);
    for (long hash : new long[] {0, 1, 4095, 4096, -1}) {
      LanePolicies lane = new LanePolicies(new Policies(Level.TRACKED, List.of(one)));
      assertThat(lane.of(hash, get("k"), 1)).as("%d", hash).isSameAs(one);
    }
  }

  @Test
  void namesItselfToUsers() {
    assertThat(rule(2, "a:*", Level.STALE_IF_ERROR)).hasToString("rule 2, pattern 'a:*'");
    assertThat(Policies.NONE.byDefault()).hasToString("default");
    assertThat(Level.STALE_IF_ERROR).hasToString("stale-if-error");
  }
}
