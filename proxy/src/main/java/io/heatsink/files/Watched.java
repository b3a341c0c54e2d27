package io.heatsink.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was made of some files, and is made anew when they change. {@link #get} is one volatile read
 * from any thread; the rest is the {@link FileWatch}'s.
 *
 * @param <T> immutable
 */
public final class Watched<T> implements Supplier<T> {

  /*
   * Files that belong together are written one after the other, and some are written in pieces. So
   * they are read only when they have looked the same twice; what still cannot be used leaves what
   * is in force as it is, and is not tried again before the files change once more.
   */

  /** Makes something of files. */
  public interface Maker<T> {
    /** The message of an exception names the file at fault, and holds nothing of it. */
    T make() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(Watched.class);

  private final List<Path> files;
  private final Maker<T> maker;
  private final List<Consumer<T>> listeners = new CopyOnWriteArrayList<>();
  private String tried;
  private String seen;
  private volatile T value;

  Watched(List<Path> files, Maker<T> maker) throws IOException {
    this.files = List.copyOf(files);
    this.maker = maker;
    tried = seen = stamp();
    value = maker.make();
  }

  /** What is in force. */
  @Override
  public T get() {
    return value;
  }

  /** Calls back with what comes into force from here on, on the watch's thread. */
  public void onChange(Consumer<T> listener) {
    listeners.add(listener);
  }

  /**
   * Looks whether the files have changed.
   *
   * @param atOnce whether one look will do
   */
  void look(boolean atOnce) {
    String now = stamp();
    boolean isSettled = atOnce || now.equals(seen);
    seen = now;
    if (now.equals(tried) || !isSettled) {
      return;
    }
    tried = now;
    try {
      T fresh = maker.make();
      value = fresh;
      LOG.info("{}: changed, and in force from here on", names());
      listeners.forEach(listener -> listener.accept(fresh));
    } catch (IOException | RuntimeException e) {
      LOG.error(
          "{}: changed, but cannot be used ({}); what it said before stays in force",
          names(),
          e.getMessage());
    }
  }

  private String names() {
    return files.stream().map(Path::toString).collect(Collectors.joining(", "));
  }

  private String stamp() {
    return files.stream().map(Watched::stamp).collect(Collectors.joining(" "));
  }

  /** Through links: a mounted secret changes by a link that is turned to another folder. */
  private static String stamp(Path file) {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return found.lastModifiedTime() + "/" + found.size() + "/" + found.fileKey();
    } catch (IOException e) {
      return e.getClass().getSimpleName();
    }
  }
}
