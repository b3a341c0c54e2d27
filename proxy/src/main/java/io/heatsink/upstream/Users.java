package io.heatsink.upstream;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Numbers for users, so that answers read with one user's rights reach no other. Thread-safe. */
public final class Users {

  private static final int MAX_USERS = 100_000;

  private final ConcurrentMap<Credentials, Integer> numbers = new ConcurrentHashMap<>();
  private final AtomicInteger next = new AtomicInteger();

  /** The same number for the same credentials; a number of its own over the bound. */
  public int number(Credentials credentials) {
    Integer known = numbers.get(credentials);
    if (known != null) {
      return known;
    }
    if (numbers.size() >= MAX_USERS) {
      return next.incrementAndGet();
    }
    return numbers.computeIfAbsent(credentials, c -> next.incrementAndGet());
  }
}
