package io.heatsink;

import java.io.Serial;

/** A file that the settings name cannot be used; the message names it and says why. */
public final class UnusableFileException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  UnusableFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
