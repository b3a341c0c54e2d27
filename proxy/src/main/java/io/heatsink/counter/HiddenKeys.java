package io.heatsink.counter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.heatsink.command.WholeReply;
import io.heatsink.counter.shard.Shape;
import io.heatsink.policy.Glob;
import io.heatsink.resp.Replies;
import io.heatsink.resp.Request;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Leaves the keys that Heatsink keeps beside split counters out of what KEYS and SCAN show, unless
 * they are asked for by a pattern that begins as their names do. Immutable.
 */
final class HiddenKeys {

  private static final String OWN = "heatsink:";

  private record Named(Pattern name, Glob counter) {}

  private final List<Named> shards;

  HiddenKeys(List<SplitPolicy> policies) {
    shards =
        policies.stream()
            .filter(policy -> !policy.name().equals(Shape.DEFAULT_NAME))
            .map(policy -> new Named(pattern(policy.name()), policy.glob()))
            .toList();
  }

  /** The name as an expression whose group 1 is the counter's key. */
  private static Pattern pattern(String name) {
    String utf8 = new String(name.getBytes(java.nio.charset.StandardCharsets.UTF_8), ISO_8859_1);
    StringBuilder out = new StringBuilder();
    boolean hasKey = false;
    for (String part :
        utf8.split(
            "(?=\\{key\\}|\\{shard\\}|\\{tag\\})|(?<=\\{key\\}|\\{shard\\}|\\{tag\\})", -1)) {
      switch (part) {
        case "{key}" -> {
          out.append(hasKey ? "\\1" : "(.+)");
          hasKey = true;
        }
        case "{shard}" -> out.append("\\d{1,3}");
        case "{tag}" -> out.append("\\{\\d+\\}");
        default -> out.append(Pattern.quote(part));
      }
    }
    return Pattern.compile(out.toString(), Pattern.DOTALL);
  }

  /** Whether this KEYS or SCAN asks for them. */
  static boolean isAskedFor(Request request) {
    int match = request.is(0, "keys") ? 1 : request.find(2, "match") + 1;
    return match > 0 && match < request.argc() && request.text(match).startsWith(OWN);
  }

  boolean isHidden(byte[] key) {
    String text = new String(key, ISO_8859_1);
    if (text.startsWith(OWN)) {
      return true;
    }
    for (Named each : shards) {
      Matcher matcher = each.name().matcher(text);
      if (matcher.matches()) {
        byte[] counter = matcher.group(1).getBytes(ISO_8859_1);
        if (each.counter().matches(Unpooled.wrappedBuffer(counter), 0, counter.length)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The reply without them; {@code isScan} where it begins with a cursor. */
  byte[] filtered(WholeReply reply, boolean isScan) {
    if (!reply.isArray()) {
      return reply.encoded();
    }
    List<byte[]> shown = new ArrayList<>();
    List<byte @Nullable []> all = reply.bulks();
    // Of a scan the first is the cursor, and the second the list itself.
    for (int i = isScan ? 2 : 0; i < all.size(); i++) {
      byte[] key = Objects.requireNonNull(all.get(i));
      if (!isHidden(key)) {
        shown.add(key);
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (isScan) {
      out.writeBytes(Replies.ascii("*2\r\n"));
      out.writeBytes(Replies.bulk(Objects.requireNonNull(all.get(0))));
    }
    out.writeBytes(Replies.ascii("*" + shown.size() + "\r\n"));
    shown.forEach(key -> out.writeBytes(Replies.bulk(key)));
    return out.toByteArray();
  }
}
