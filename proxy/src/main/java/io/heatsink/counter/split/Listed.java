package io.heatsink.counter.split;

import io.heatsink.command.Upstream;
import io.heatsink.counter.shard.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A counter that is split, as the list in the backend says. Immutable: nobody changes its bytes.
 *
 * @param shape into what
 */
@SuppressWarnings("ArrayRecordComponent") // never changed
public record Listed(byte[] key, Shape shape) {

  /** More than anybody looks at. */
  private static final int MOST = 200;

  /** Some of those listed, whoever split them; none if that cannot be known. */
  public static void look(Upstream to, Consumer<List<Listed>> then) {
    Directory.list(
        to,
        false,
        MOST,
        entries -> {
          List<Listed> all = new ArrayList<>();
          for (Directory.Entry entry : entries) {
            Shape shape = entry.shape();
            if (shape != null) {
              all.add(new Listed(entry.key(), shape));
            }
          }
          then.accept(all);
        });
  }
}
