package io.heatsink.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.spi.FilterReply;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** Lines that repeat are counted; and how a line looks as JSON. */
class RepeatsTest {

  private final LoggerContext logs = new LoggerContext();
  private long nowMillis = 1_000_000;
  private final Repeats repeats = new Repeats(() -> nowMillis);

  private LoggingEvent event(Level level, String message, @Nullable Throwable cause) {
    return new LoggingEvent("", logs.getLogger("a.b.C"), level, message, cause, null);
  }

  private boolean passes(LoggingEvent event) {
    return repeats.decide(event) != FilterReply.DENY;
  }

  @Test
  void someOfAKindPassAndTheNextSaysHowManyDidNot() {
    for (int i = 0; i < 100; i++) {
      assertThat(passes(event(Level.WARN, "lost {}", null))).isEqualTo(i < Repeats.PASSING);
      assertThat(passes(event(Level.INFO, "lost {}", null))).isTrue();
    }
    assertThat(passes(event(Level.WARN, "lost {}", new IOException("x")))).isTrue();
    assertThat(passes(event(Level.ERROR, "other", null))).isTrue();
    nowMillis += Repeats.INTERVAL_MILLIS;
    LoggingEvent next = event(Level.WARN, "lost {}", null);
    assertThat(passes(next)).isTrue();
    assertThat(next.getKeyValuePairs())
        .containsExactly(new KeyValuePair("repeated", 100L - Repeats.PASSING));
    LoggingEvent after = event(Level.WARN, "lost {}", null);
    assertThat(passes(after)).isTrue();
    assertThat(after.getKeyValuePairs()).isNull();
    assertThat(Repeats.suppressed()).isGreaterThanOrEqualTo(100L - Repeats.PASSING);
    assertThat(Repeats.distinct()).isEqualTo(3);
  }

  @Test
  void kindsAreBounded() {
    for (int i = 0; i < 3 * Repeats.MOST_KINDS; i++) {
      boolean unused = passes(event(Level.WARN, "kind " + i, null));
    }
    assertThat(Repeats.distinct()).isLessThanOrEqualTo(Repeats.MOST_KINDS + 1L);
    assertThat(passes(event(Level.WARN, "kind 0", null))).isTrue();
    assertThat(passes(event(Level.WARN, "one more", null))).isFalse();
  }

  @Test
  void aLineOfJson() {
    LoggingEvent event = event(Level.WARN, "said \"no\"\n", new IOException("why"));
    event.addKeyValuePair(new KeyValuePair("client", 7));
    event.addKeyValuePair(new KeyValuePair("level", "own"));
    String line = new LogJson().doLayout(event);
    assertThat(line.lines()).hasSize(1);
    JsonObject json = JsonParser.parseString(line).getAsJsonObject();
    assertThat(json.get("level").getAsString()).isEqualTo("WARN");
    assertThat(json.get("level_").getAsString()).isEqualTo("own");
    assertThat(json.get("message").getAsString()).isEqualTo("said \"no\"\n");
    assertThat(json.get("client").getAsString()).isEqualTo("7");
    assertThat(json.get("error").getAsString()).startsWith("java.io.IOException: why");
  }
}
