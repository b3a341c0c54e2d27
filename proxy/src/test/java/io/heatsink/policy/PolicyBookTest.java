package io.heatsink.policy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PolicyBookTest {

  private final PolicyBook book =
      new PolicyBook(new Policies(Level.TRACKED, List.of(rule("feed:*", Level.TTL))));
  private final LanePolicies lane = new LanePolicies(book.current());

  private static Rule rule(String pattern, Level level) {
    return new Rule(1, new Glob(pattern), level, 0, 0);
  }

  private static Level level(Policies policies, String key) {
    ByteBuf bytes = Unpooled.copiedBuffer(key, StandardCharsets.US_ASCII);
    return policies.of(bytes, 0, bytes.readableBytes()).level();
  }

  private Level laneLevel(String key) {
    return lane.of(key.hashCode(), key.getBytes(StandardCharsets.US_ASCII)).level();
  }

  @Test
  void rulesGivenAtRunTimeComeFirstAndOutliveTheConfiguration() {
    book.precede(List.of(rule("feed:1", Level.FRESH)));
    assertThat(level(book.current(), "feed:1")).isEqualTo(Level.FRESH);
    assertThat(level(book.current(), "feed:2")).isEqualTo(Level.TTL);
    book.configure(new Policies(Level.COALESCED, List.of()), false);
    assertThat(level(book.current(), "feed:1")).isEqualTo(Level.FRESH);
    assertThat(level(book.current(), "feed:2")).isEqualTo(Level.COALESCED);
    book.precede(List.of());
    assertThat(level(book.current(), "feed:1")).isEqualTo(Level.COALESCED);
  }

  @Test
  void aLaneForgetsWhichRuleAKeyHad() {
    assertThat(laneLevel("feed:1")).isEqualTo(Level.TTL);
    List<Policies> seen = new ArrayList<>();
    book.onChange(seen::add);
    book.onChange(lane::adopt);
    book.precede(List.of(rule("feed:*", Level.FRESH)));
    assertThat(laneLevel("feed:1")).isEqualTo(Level.FRESH);
    book.precede(List.of());
    book.configure(Policies.NONE, false);
    assertThat(laneLevel("feed:1")).isEqualTo(Level.TRACKED);
    book.configure(new Policies(Level.FRESH, List.of(rule("feed:*", Level.TTL))), false);
    assertThat(laneLevel("feed:1")).isEqualTo(Level.TTL);
    assertThat(laneLevel("other")).isEqualTo(Level.FRESH);
    assertThat(seen).hasSize(4).last().isSameAs(book.current());
  }

  @Test
  void nothingIsInForceWhileItObserves() {
    Policies configured = new Policies(Level.TRACKED, List.of(rule("feed:*", Level.TTL)));
    book.configure(configured, true);
    assertThat(book.current().of(new byte[] {'x'}).level()).isEqualTo(Level.FRESH);
    assertThat(book.current().byDefault()).hasToString("mode: observe");
    assertThat(Objects.requireNonNull(book.rehearsed()).of("feed:1".getBytes(UTF_8)).level())
        .isEqualTo(Level.TTL);
    book.configure(configured, false);
    assertThat(book.rehearsed()).isNull();
    assertThat(book.current().byDefault().level()).isEqualTo(Level.TRACKED);
  }
}
