package io.heatsink.counter;

import io.heatsink.command.Client;
import io.heatsink.command.Place;
import io.heatsink.command.WholeReply;
import io.heatsink.resp.Replies;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** Values that are read one by one and answered as one array. Confined to its event loop. */
final class MultiRead extends Join {
  private static final byte[] WRONG_TYPE = Replies.ascii("-WRONGTYPE");

  private final Place place;
  private final byte[] nil;
  private final byte[][] values;
  private @Nullable WholeReply failed;

  MultiRead(Client client, int count) {
    super(count);
    this.place = client.reserve();
    this.nil = client.isResp3() ? Replies.NIL3 : Replies.NIL2;
    this.values = new byte[count][];
  }

  Counter.Reader reader(int i) {
    return new Counter.Reader() {
      @Override
      public void value(byte @Nullable [] value) {
        put(i, value == null ? nil : Replies.bulk(value));
      }

      @Override
      public void error(WholeReply error) {
        if (!error.begins(WRONG_TYPE)) {
          failed = error;
        }
        put(i, nil);
      }
    };
  }

  private void put(int i, byte[] value) {
    values[i] = value;
    if (!arrived()) {
      return;
    }
    WholeReply error = failed;
    if (error != null) {
      error.settle(place);
      return;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(Replies.ascii("*" + values.length + "\r\n"));
    for (byte[] each : values) {
      out.writeBytes(each);
    }
    place.complete(out.toByteArray());
  }
}
