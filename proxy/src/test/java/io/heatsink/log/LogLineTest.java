package io.heatsink.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.LoggingEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** What a line of the log looks like, and who has the say on the log's set-up. */
final class LogLineTest {

  private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-].*)";

  private final LoggerContext logs = new LoggerContext();

  @Test
  void hasTimeLevelClassMessageAndPairs() {
    LoggingEvent event = event(Level.WARN, "two\r\n  lines", null);
    event.addKeyValuePair(new KeyValuePair("listen", "127.0.0.1:1"));
    event.addKeyValuePair(new KeyValuePair("count", 3));
    assertThat(new LogLine().doLayout(event))
        .matches(TIME + " WARN  Name two \\| lines listen=\"127.0.0.1:1\" count=\"3\"\\R");
    assertThat(new LogLine().doLayout(event(Level.ERROR, "failed", null)))
        .matches(TIME + " ERROR Name failed\\R");
  }

  @Test
  void aCauseIsOnTheSameLineWithTheBeginningOfItsStack() {
    Exception cause = new IllegalStateException("deep\ndown");
    String line =
        new LogLine().doLayout(event(Level.ERROR, "failed", new RuntimeException("outer", cause)));
    assertThat(line)
        .hasLineCount(1)
        .contains("Name failed java.lang.RuntimeException: outer | at ")
        .contains(" | caused by java.lang.IllegalStateException: deep | down | at ");
    assertThat(line.split(" \\| at ", -1)).hasSize(2 * 12 + 1);
  }

  @Test
  void theLevelIsTheVariablesOrInfo() {
    assertThat(LogSetup.level("debug ")).isEqualTo(Level.DEBUG);
    assertThat(LogSetup.level("no level")).isEqualTo(Level.INFO);
    assertThat(LogSetup.level(null)).isEqualTo(Level.INFO);
  }

  @Test
  void aTestsOwnFileHasTheSay() {
    assertThat(new LogSetup().configure(logs))
        .isEqualTo(Configurator.ExecutionStatus.INVOKE_NEXT_IF_ANY);
    Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    assertThat(root.iteratorForAppenders().hasNext()).isFalse();
  }

  private LoggingEvent event(Level level, String message, @Nullable Throwable cause) {
    Logger logger = logs.getLogger("some.pack.Name");
    return new LoggingEvent(Logger.class.getName(), logger, level, message, cause, null);
  }
}
