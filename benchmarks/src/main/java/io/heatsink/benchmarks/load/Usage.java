package io.heatsink.benchmarks.load;

import io.heatsink.benchmarks.load.subject.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What the system has charged so far. Immutable.
 *
 * @param proxySeconds CPU of the proxy, 0 where there is none
 * @param backendSeconds CPU of the backend
 * @param generatorSeconds CPU of the load generator
 * @param harnessSeconds CPU of this process and of its children that have ended
 * @param busySeconds CPU of everything on this machine; NaN where the system does not tell
 */
public record Usage(
    double proxySeconds,
    double backendSeconds,
    double generatorSeconds,
    double harnessSeconds,
    double busySeconds) {

  /** The unit of /proc, on every architecture that a JDK is built for. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int CHILDREN_USER = 15;
  private static final int IDLE = 4;
  private static final int IO_WAIT = 5;
  private static final int STEAL = 8;

  /**
   * What a subject, its backend and its load have cost up to this moment.
   *
   * @throws IllegalStateException where the subject's process has ended: whatever else answers at
   *     its port is not it
   */
  static Usage of(Subject subject, long backendPid, long generatorPid) {
    Long proxy = subject.proxyPid();
    if (proxy != null && !ProcessHandle.of(proxy).map(ProcessHandle::isAlive).orElse(false)) {
      throw new IllegalStateException(subject.name() + ": its process " + proxy + " has ended");
    }
    return new Usage(
        proxy == null ? 0 : seconds(proxy),
        seconds(backendPid),
        seconds(generatorPid),
        seconds(ProcessHandle.current().pid()) + childrenSeconds(),
        machineSeconds());
  }

  Usage since(Usage before) {
    return new Usage(
        proxySeconds - before.proxySeconds,
        backendSeconds - before.backendSeconds,
        generatorSeconds - before.generatorSeconds,
        harnessSeconds - before.harnessSeconds,
        busySeconds - before.busySeconds);
  }

  /** CPU that went to anything else on this machine. */
  double othersSeconds() {
    return busySeconds - proxySeconds - backendSeconds - generatorSeconds - harnessSeconds;
  }

  /** User and system time of all threads, from /proc/PID/stat. */
  public static double seconds(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .map(Duration::toNanos)
        .map(nanos -> nanos / 1e9)
        .orElse(Double.NaN);
  }

  private static double childrenSeconds() {
    String[] fields = fields("/proc/self/stat");
    return fields.length <= CHILDREN_USER + 1
        ? Double.NaN
        : ticks(fields[CHILDREN_USER]) + ticks(fields[CHILDREN_USER + 1]);
  }

  /** All but idle, as the first line of /proc/stat has it: also what a hypervisor took away. */
  public static double machineSeconds() {
    String[] fields = fields("/proc/stat");
    double sum = fields.length <= STEAL ? Double.NaN : 0;
    for (int i = 1; i <= STEAL && i < fields.length; i++) {
      sum += i == IDLE || i == IO_WAIT ? 0 : ticks(fields[i]);
    }
    return sum;
  }

  private static double ticks(String field) {
    return Long.parseLong(field) / TICKS_PER_SECOND;
  }

  /** The first line's words; none where there is no such file. */
  private static String[] fields(String file) {
    try {
      String line = Files.readString(Path.of(file)).lines().findFirst().orElse("");
      return line.split(" +");
    } catch (IOException e) {
      return new String[0];
    }
  }

  /** Resident memory of a process in MB; NaN where the system does not tell. */
  static double residentMegabytes(long pid) {
    return megabytes(pid, "VmRSS:");
  }

  /** The most that it was; NaN where the system does not tell. */
  static double mostResidentMegabytes(long pid) {
    return megabytes(pid, "VmHWM:");
  }

  private static double megabytes(long pid, String field) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/status"))
          .lines()
          .filter(line -> line.startsWith(field))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException e) {
      return Double.NaN;
    }
  }
}
