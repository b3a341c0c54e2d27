package io.heatsink.client;

import io.heatsink.resp.Request;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which clients CLIENT LIST or CLIENT KILL is about; the request is one that Redis has found no
 * fault with. Immutable once read.
 */
public final class ClientFilter {

  private final Set<Long> ids = new HashSet<>();
  private @Nullable String type;
  private @Nullable String user;
  private @Nullable String remote;
  private @Nullable String local;
  private long maxAgeSeconds;
  private boolean skipsMe = true;
  private @Nullable String unknown;

  private ClientFilter() {}

  /** {@code CLIENT KILL address}, the form without words before the values. */
  public static ClientFilter ofAddress(String address) {
    ClientFilter filter = new ClientFilter();
    filter.remote = address;
    filter.skipsMe = false;
    return filter;
  }

  /** The options from word 2 on. */
  public static ClientFilter of(Request request) {
    ClientFilter filter = new ClientFilter();
    for (int i = 2; i < request.argc(); i++) {
      if (request.is(i, "id")) {
        while (i + 1 < request.argc() && request.isLong(i + 1)) {
          filter.ids.add(request.asLong(++i));
        }
      } else if (i + 1 < request.argc()) {
        filter.option(request.text(i).toLowerCase(Locale.ROOT), request.text(i + 1));
        i++;
      }
    }
    return filter;
  }

  private void option(String option, String value) {
    switch (option) {
      case "type" -> type = value.toLowerCase(Locale.ROOT);
      case "user" -> user = value;
      case "addr" -> remote = value;
      case "laddr" -> local = value;
      case "skipme" -> skipsMe = value.equalsIgnoreCase("yes");
      case "maxage" -> maxAgeSeconds = Long.parseLong(value);
      default -> unknown = option;
    }
  }

  /** An option that this backend knows and Heatsink does not, or null. */
  public @Nullable String unknown() {
    return unknown;
  }

  /** Whether the client that asks is to be left out. */
  public boolean skipsMe() {
    return skipsMe;
  }

  public boolean matches(ClientInfo client) {
    return (ids.isEmpty() || ids.contains(client.id()))
        && (type == null || client.isOfType(type))
        && (user == null || user.equals(client.user()))
        && (remote == null || remote.equals(client.addresses().remote()))
        && (local == null || local.equals(client.addresses().local()))
        && client.times().ageSeconds() >= maxAgeSeconds;
  }
}
