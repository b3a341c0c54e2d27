package io.heatsink.quality;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/**
 * Fails a test class after which Netty reports that a buffer was garbage collected before it was
 * released. Registered for every class of this module.
 */
public final class LeakWatch implements BeforeAllCallback, AfterAllCallback {

  private static final Queue<String> REPORTS = new ConcurrentLinkedQueue<>();
  private static boolean listening;

  @Override
  public void beforeAll(ExtensionContext context) {
    listen();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    List<String> leaks = collect();
    if (!leaks.isEmpty()) {
      throw new AssertionError(leaks.size() + " leaked buffers, the first: " + leaks.get(0));
    }
  }

  private static synchronized void listen() {
    if (listening) {
      return;
    }
    listening = true;
    Logger logger = (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            if (event.getFormattedMessage().contains("LEAK")) {
              REPORTS.add(event.getFormattedMessage());
            }
          }
        };
    appender.setContext(logger.getLoggerContext());
    appender.start();
    logger.addAppender(appender);
    // The failure carries the report; the console need not.
    logger.setAdditive(false);
  }

  /** The reports since the last call, also of what is garbage but not yet collected. */
  public static List<String> collect() {
    for (int round = 0; round < 3; round++) {
      System.gc();
      // The detector reports what it found when the next buffer is allocated.
      for (ByteBufAllocator allocator :
          List.of(ByteBufAllocator.DEFAULT, UnpooledByteBufAllocator.DEFAULT)) {
        ByteBuf buffer = allocator.buffer(1);
        buffer.release();
      }
    }
    List<String> leaks = new ArrayList<>();
    for (String leak = REPORTS.poll(); leak != null; leak = REPORTS.poll()) {
      leaks.add(leak);
    }
    return leaks;
  }
}
