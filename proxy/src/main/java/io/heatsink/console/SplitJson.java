package io.heatsink.console;

import com.google.gson.stream.JsonWriter;
import io.heatsink.admin.KeyName;
import io.heatsink.counter.SplitPolicy;
import io.heatsink.counter.split.Listed;
import io.heatsink.detect.HotKey;
import io.heatsink.resp.KeyHash;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows the counters that are split. */
final class SplitJson {

  private SplitJson() {}

  static void write(JsonWriter json, Moment moment, List<Listed> splits) throws IOException {
    json.name("splits").beginArray();
    for (Listed split : splits) {
      json.beginObject();
      StateJson.key(json, split.key(), split.key().length);
      json.name("hash").value(hash(split));
      json.name("pattern").value(pattern(moment, split.key()));
      json.name("shards").value(split.shape().shards());
      json.name("shardKeys").beginArray();
      for (int i = 0; i < Math.min(split.shape().shards(), StateJson.SHOWN_SHARDS); i++) {
        json.value(KeyName.of(split.shape().shard(split.key(), i)).text());
      }
      json.endArray();
      HotKey hot = hot(moment, split.key());
      json.name("writesPerSecond").value(hot == null ? null : Math.round(hot.writesPerSecond()));
      json.endObject();
    }
    json.endArray();
  }

  /** Tells it from the others, however long its key is. */
  static String hash(Listed split) {
    return Long.toHexString(KeyHash.of(split.key()));
  }

  /** The first of the settings that matches it; null where another sidecar alone has it. */
  private static @Nullable String pattern(Moment moment, byte[] key) {
    SplitPolicy policy = SplitPolicy.of(moment.limits().splits(), key);
    return policy == null ? null : policy.pattern();
  }

  private static @Nullable HotKey hot(Moment moment, byte[] key) {
    for (HotKey hot : moment.keys()) {
      if (!hot.isCut() && hot.writeHot() && Arrays.equals(hot.key(), key)) {
        return hot;
      }
    }
    return null;
  }
}
