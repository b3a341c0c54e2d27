package io.heatsink.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up in code: lines to stderr, to stdout from when the proxy serves; this product's
 * from {@code HEATSINK_LOG_LEVEL} on, all others from WARN on.
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
  private static final String APPENDER = "heatsink";
  private static final String PRODUCT = "io.heatsink";

  @Override
  public ExecutionStatus configure(LoggerContext logs) {
    if (System.getProperty(OWN_FILE_PROPERTY) != null
        || LogSetup.class.getClassLoader().getResource(TEST_FILE) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(appender(logs, "System.err", new LogLine()));
    logs.getLogger(PRODUCT).setLevel(level(System.getenv(LEVEL_VARIABLE)));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  /**
   * What a proxy that serves logs, and how, where no file of the user's says that.
   *
   * @param level ERROR, WARN, INFO or DEBUG
   * @param format TEXT or JSON
   */
  public static void serving(String level, String format) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logs) {
      Logger root = logs.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
      Appender<ILoggingEvent> old = root.getAppender(APPENDER);
      if (old == null) {
        return;
      }
      boolean isJson = format.equals("JSON");
      root.addAppender(appender(logs, "System.out", isJson ? new LogJson() : new LogLine()));
      root.detachAppender(old);
      old.stop();
      logs.getLogger(PRODUCT).setLevel(level(level));
    }
  }

  private static ConsoleAppender<ILoggingEvent> appender(
      LoggerContext logs, String target, Layout<ILoggingEvent> layout) {
    layout.setContext(logs);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(logs);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(logs);
    appender.setName(APPENDER);
    appender.setTarget(target);
    appender.setEncoder(encoder);
    appender.addFilter(new Repeats(System::currentTimeMillis));
    appender.start();
    return appender;
  }

  static Level level(@Nullable String text) {
    return Level.toLevel(text == null ? null : text.strip(), Level.INFO);
  }
}
