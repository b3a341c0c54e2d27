package io.heatsink.service;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signals of the system as tasks, each run on a thread of its own. Thread-safe.
 *
 * <p>By reflection: the class that the JDK has for it ({@code jdk.unsupported}) makes every
 * compiler warn.
 */
public final class Signals {

  private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /**
   * From now on the signal does this instead of what it does by default.
   *
   * @param name without {@code SIG}
   * @return false where this system or JVM does not let go of it
   */
  public static boolean on(String name, Runnable task) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              handler.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> answer(self, method, arguments, task));
      Object wanted = signal.getConstructor(String.class).newInstance(name);
      Object unused = signal.getMethod("handle", signal, handler).invoke(null, wanted, proxy);
      return true;
    } catch (ReflectiveOperationException e) {
      LOG.atWarn().addKeyValue("signal", name).setCause(e).log("signal cannot be handled");
      return false;
    }
  }

  private static Object answer(Object self, Method method, Object[] arguments, Runnable task) {
    return switch (method.getName()) {
      case "handle" -> {
        task.run();
        yield self;
      }
      case "equals" -> self == arguments[0];
      case "hashCode" -> System.identityHashCode(self);
      default -> "signal handler";
    };
  }
}
