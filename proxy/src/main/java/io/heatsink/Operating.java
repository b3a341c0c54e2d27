package io.heatsink;

import io.heatsink.config.ConfigException;
import io.heatsink.config.HeatsinkConfig;
import io.heatsink.config.LoadedConfig;
import io.heatsink.config.Reloading;
import io.heatsink.log.LogSetup;
import io.heatsink.service.ServiceManager;
import io.heatsink.service.Signals;
import io.heatsink.service.Stop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A proxy that serves, as whoever operates it deals with it: signals, reloads, the service manager.
 * Thread-safe.
 */
final class Operating {

  private static final Logger LOG = LoggerFactory.getLogger(Operating.class);

  private final Heatsink heatsink;
  private final Reloading reloading;
  private final ServiceManager manager;
  private final Stop stop;

  Operating(Heatsink heatsink, LoadedConfig started, Reloading.Source source, Stop stop) {
    this.stop = stop;
    this.heatsink = heatsink;
    this.reloading = new Reloading(started, source, this::apply);
    this.manager = ServiceManager.of(System.getenv(), heatsink.firstLoop());
    heatsink.onReload(this::reload);
    heatsink.onSettings(() -> reloading.inForce().effective());
  }

  private void apply(HeatsinkConfig next) {
    heatsink.apply(next);
    LogSetup.serving(next.operation().logLevel().name(), next.operation().logFormat().name());
  }

  /** Serves until the process is told to end; then lets clients finish what is under way. */
  void untilStopped() {
    Signals.on("HUP", () -> reload(outcome -> {}, fault -> {}));
    if (!stop.isHandled()) {
      Runtime.getRuntime().addShutdownHook(new Thread(this::drain, "heatsink-stop"));
    }
    manager.ready("serving");
    try {
      stop.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    drain();
  }

  private void drain() {
    LOG.atInfo().addKeyValue("clients", heatsink.clients()).log("stopping");
    manager.stopping("draining");
    long fromNanos = System.nanoTime();
    boolean isDone = heatsink.drain();
    long millis = (System.nanoTime() - fromNanos) / 1_000_000;
    if (isDone) {
      LOG.atInfo().addKeyValue("millis", millis).log("stopped: every client was seen off");
    } else {
      LOG.atWarn()
          .addKeyValue("clients", heatsink.clients())
          .addKeyValue("millis", millis)
          .log("stopped: clients were cut off, see drain-timeout");
    }
    manager.close();
    heatsink.close();
  }

  /** Reads the configuration anew, on a thread of its own. */
  private void reload(Consumer<Map<String, List<String>>> done, Consumer<String> failed) {
    Thread reader = new Thread(() -> reloadNow(done, failed), "heatsink-reload");
    reader.setDaemon(true);
    reader.start();
  }

  private void reloadNow(Consumer<Map<String, List<String>>> done, Consumer<String> failed) {
    manager.reloading();
    try {
      Reloading.Outcome outcome = reloading.reload();
      LOG.atInfo()
          .addKeyValue("changed", outcome.changed())
          .addKeyValue("restart", outcome.restart())
          .log("configuration read anew");
      Map<String, List<String>> lists = new LinkedHashMap<>();
      lists.put("changed", outcome.changed());
      lists.put("restart", outcome.restart());
      done.accept(lists);
    } catch (ConfigException e) {
      e.faults().forEach(fault -> LOG.error("configuration not taken over: {}", fault));
      int others = e.faults().size() - 1;
      failed.accept(e.faults().get(0) + (others > 0 ? " (and " + others + " more)" : ""));
    } catch (RuntimeException e) {
      LOG.error("configuration not taken over", e);
      failed.accept(e.toString());
    } finally {
      manager.ready("serving");
    }
  }
}
