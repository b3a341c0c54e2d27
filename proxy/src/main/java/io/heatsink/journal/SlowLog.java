package io.heatsink.journal;

import io.heatsink.journal.SlowRequest.Spent;
import java.util.List;

/** The latest requests that took longer than a threshold. Thread-safe, lock-free. */
public final class SlowLog {

  /** So many are kept, as Redis does by default. */
  public static final int MAX_REQUESTS = 128;

  /** Of a longer key so many bytes are kept, as Redis does. */
  public static final int MAX_KEY_BYTES = 128;

  private final Ring<SlowRequest> ring = new Ring<>(MAX_REQUESTS);
  private final long thresholdNanos;

  /** {@code thresholdNanos} of 0 is for nothing to be noted. */
  public SlowLog(long thresholdNanos) {
    this.thresholdNanos = thresholdNanos == 0 ? Long.MAX_VALUE : thresholdNanos;
  }

  /** From where on a request is slow; the largest number where none is. */
  public long thresholdNanos() {
    return thresholdNanos;
  }

  /** Whether anything can be slow. */
  public boolean isOn() {
    return thresholdNanos != Long.MAX_VALUE;
  }

  /** Notes a request answered just now; the key's bytes are not changed afterwards. */
  public void add(String command, byte[] key, int keyLength, String client, Spent spent) {
    long number = ring.nextNumber();
    long now = System.currentTimeMillis();
    ring.put(number, new SlowRequest(number, now, command, key, keyLength, client, spent));
  }

  /** The newest first. */
  public List<SlowRequest> latest(int most) {
    return ring.latest(most);
  }

  /** How many there are. */
  public int size() {
    return ring.size();
  }

  /** Forgets all there are. */
  public void clear() {
    ring.clear();
  }
}
