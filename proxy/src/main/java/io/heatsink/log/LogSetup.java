package io.heatsink.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.jspecify.annotations.Nullable;

/**
 * Sets Logback up in code: lines to stderr, this product's from {@code HEATSINK_LOG_LEVEL} on, all
 * others from WARN on.
 *
 * <p>A file of XML would say the same, at the price of some three hundred classes more to load
 * before the first client is served. Who wants another set-up names a file of their own with {@code
 * -Dlogback.configurationFile}; it then has the say.
 */
public final class LogSetup extends ContextAwareBase implements Configurator {

  /** The variable that holds the least level of this product's lines. */
  public static final String LEVEL_VARIABLE = "HEATSINK_LOG_LEVEL";

  private static final String OWN_FILE_PROPERTY = "logback.configurationFile";
  private static final String TEST_FILE = "logback-test.xml";

  @Override
  public ExecutionStatus configure(LoggerContext logs) {
    if (System.getProperty(OWN_FILE_PROPERTY) != null
        || LogSetup.class.getClassLoader().getResource(TEST_FILE) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    LogLine line = new LogLine();
    line.setContext(logs);
    line.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(logs);
    encoder.setLayout(line);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(logs);
    appender.setName("stderr");
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender);
    logs.getLogger("io.heatsink").setLevel(level(System.getenv(LEVEL_VARIABLE)));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  static Level level(@Nullable String text) {
    return Level.toLevel(text == null ? null : text.strip(), Level.INFO);
  }
}
