package io.heatsink.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Cuts a stream into whole replies and leaves their bytes as they are. Knows the frames of RESP2
 * and RESP3 (also nested, also with attributes), and nothing of what they mean. For one thread.
 */
final class ReplyReader {

  private final InputStream in;
  private byte[] buffer = new byte[16 * 1024];
  private int start;
  private int cursor;
  private int end;

  ReplyReader(InputStream in) {
    this.in = in;
  }

  /** The bytes of exactly one reply, or of one push. */
  byte[] next() throws IOException {
    cursor = start;
    long frames = 1;
    while (frames > 0) {
      frames += frame() - 1;
    }
    byte[] reply = Arrays.copyOfRange(buffer, start, cursor);
    start = cursor;
    return reply;
  }

  /** The next bytes, whatever they are a part of; fewer than asked for only at the end. */
  int take(byte[] into, int length) throws IOException {
    int kept = Math.min(length, end - start);
    System.arraycopy(buffer, start, into, 0, kept);
    start += kept;
    return kept + in.readNBytes(into, kept, length - kept);
  }

  /** Whether there is something to read without waiting for its first byte. */
  boolean hasInput() throws IOException {
    return start < end || in.available() > 0;
  }

  /** Passes over one frame's own bytes; returns how many frames belong to it. */
  private long frame() throws IOException {
    int line = cursor - start;
    passLine();
    line += start;
    char type = (char) buffer[line];
    switch (type) {
      case '+', '-', ':', '_', '#', ',', '(' -> {
        return 0;
      }
      case '$', '=', '!' -> {
        long length = number(line + 1);
        if (length >= 0) {
          require(length + 2);
          cursor += (int) length + 2;
        }
        return 0;
      }
      case '*', '~', '>' -> {
        return Math.max(0, number(line + 1));
      }
      case '%' -> {
        return 2 * number(line + 1);
      }
      case '|' -> {
        return 2 * number(line + 1) + 1;
      }
      default -> throw new IOException("not a RESP frame: " + RawClient.printable(rest(line)));
    }
  }

  private byte[] rest(int from) {
    return Arrays.copyOfRange(buffer, from, Math.min(end, from + 200));
  }

  /** Moves the cursor behind the next CR LF. */
  private void passLine() throws IOException {
    while (true) {
      require(2);
      if (buffer[cursor] == '\r' && buffer[cursor + 1] == '\n') {
        cursor += 2;
        return;
      }
      cursor++;
    }
  }

  private long number(int from) {
    return Long.parseLong(new String(buffer, from, cursor - 2 - from, ISO_8859_1));
  }

  /** Reads until so many bytes lie behind the cursor; may move the buffer's content. */
  private void require(long bytes) throws IOException {
    while (end - cursor < bytes) {
      makeRoom(bytes);
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        throw new EOFException("closed after " + RawClient.printable(rest(start)));
      }
      end += read;
    }
  }

  private void makeRoom(long bytes) {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      cursor -= start;
      end -= start;
      start = 0;
    }
    if (cursor + bytes > buffer.length) {
      int size = Math.toIntExact(Math.max(cursor + bytes, 2L * buffer.length));
      buffer = Arrays.copyOf(buffer, size);
    }
  }
}
