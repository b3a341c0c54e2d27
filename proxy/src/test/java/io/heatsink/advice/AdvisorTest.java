package io.heatsink.advice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.config.ConfigLoader;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.config.HeatsinkConfig.Level;
import io.heatsink.config.HeatsinkConfig.PolicyRule;
import io.heatsink.detect.HotKey;
import io.heatsink.detect.Sampled;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is suggested can be pasted, and fits what was seen. */
class AdvisorTest {

  private static final Savings SAVINGS = new Savings(1_000, 800, 10, 50, 40);

  @TempDir private Path folder = Path.of("");

  private final Advisor advisor = new Advisor();

  private static HotKey key(String name, double reads, double writes) {
    byte[] bytes = name.getBytes(UTF_8);
    return new HotKey(
        bytes, 0, name.hashCode(), reads > 0, writes > 0, reads, writes, 0.1, 1, 0, bytes.length);
  }

  private HeatsinkConfig config() throws Exception {
    Path file = Files.writeString(folder.resolve("suggested.yaml"), advisor.settings(SAVINGS));
    return ConfigLoader.load(file, Map.of(), Map.of()).config();
  }

  @Test
  void rulesAreByPatternAndLoad() throws Exception {
    HotKey counter = key("tweet:7:likes", 10, 9_000);
    advisor.look(
        List.of(
            key("product:1", 5_000, 1),
            key("product:2", 4_000, 1),
            key("user:3f2504e0-4f89-11d3-9a0c-0305e82c3301:feed", 2_000, 0),
            key("scratch", 500, 400),
            key("balance:42", 3_000, 1),
            counter));
    advisor.outcome(counter, new Sampled.Counts(0, 0, 100, 90));
    HeatsinkConfig config = config();
    assertThat(config.operation().observes()).isFalse();
    assertThat(config.policy().rules())
        .containsExactlyInAnyOrder(
            new PolicyRule("product:*", Level.TRACKED, null, null),
            new PolicyRule("user:*:feed", Level.TRACKED, null, null),
            new PolicyRule("scratch", Level.COALESCED, null, null),
            new PolicyRule("balance:*", Level.FRESH, null, null),
            new PolicyRule("tweet:*:likes", Level.COALESCED, null, null));
    assertThat(config.policy().rules().get(0).level()).isEqualTo(Level.FRESH);
    assertThat(advisor.settings(SAVINGS))
        .contains("9,000 reads/s, 2 writes/s of 2 hot keys")
        .contains("90.0 % of the increments")
        .contains("#     - {pattern: \"tweet:*:likes\", shards: 10}")
        .contains("spared 87.0 % of them");
  }

  @Test
  void hostileKeysStayInTheirQuotes() throws Exception {
    advisor.look(List.of(key("a\"}\n- {b: [c]*\\é", 2_000, 0)));
    assertThat(config().policy().rules())
        .singleElement()
        .extracting(PolicyRule::pattern)
        .isEqualTo("a?}?- {b: \\[c\\]\\*\\\\??");
  }

  @Test
  void nothingSeenIsSaid() throws Exception {
    assertThat(advisor.settings(SAVINGS)).contains("Nothing was observed");
    advisor.look(List.of());
    assertThat(config().policy().rules()).isEmpty();
  }
}
