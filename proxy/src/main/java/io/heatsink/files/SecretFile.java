package io.heatsink.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file whose first line is a secret. */
public final class SecretFile {

  private static final int MAX_BYTES = 64 << 10;

  private SecretFile() {}

  /**
   * Reads the secret.
   *
   * @throws IOException whose message says what is wrong, and holds nothing of the file
   */
  public static String read(Path file) throws IOException {
    String first = firstLine(file);
    if (first.isEmpty()) {
      throw new IOException("its first line is empty");
    }
    return first;
  }

  private static String firstLine(Path file) throws IOException {
    try {
      if (Files.size(file) <= MAX_BYTES) {
        return Files.readString(file).lines().findFirst().orElse("");
      }
    } catch (IOException e) {
      throw new IOException("cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    throw new IOException("larger than 64 KiB");
  }
}
