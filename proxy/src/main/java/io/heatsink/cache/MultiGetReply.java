package io.heatsink.cache;

import io.heatsink.command.Client;
import io.heatsink.command.Place;
import io.heatsink.command.ReplySlot;
import io.heatsink.resp.Numbers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The reply of one MGET on its way to a client: what differs from what is kept ends that. */
final class MultiGetReply implements ReplySlot {

  private static final int MOST_BYTES = 1 << 20;

  private record Compared(int position, byte[] key, long hash) {}

  private final MultiGet gets;
  private final Filler filler;
  private final long era;
  private final int database;
  private final int user;
  private final Place place;
  private final int connection;
  private final List<Compared> compared = new ArrayList<>();
  private final ByteBuf copy = Unpooled.buffer();
  private boolean isBegun;
  private boolean isArray;
  private boolean isWhole = true;

  MultiGetReply(MultiGet gets, Filler filler, Client client, Place place) {
    this.gets = gets;
    this.era = filler.guard().era();
    this.filler = filler;
    this.database = client.database();
    this.user = client.user();
    this.place = place;
    this.connection = client.upstream().number();
  }

  /** The value at this position is to be compared with what is kept of the key. */
  void compares(int position, byte[] key, long hash) {
    compared.add(new Compared(position, key, hash));
  }

  @Override
  public void part(ByteBuf bytes, int index, int length, boolean last) {
    if (!isBegun) {
      isBegun = true;
      isArray = bytes.getByte(index) == '*';
    }
    isWhole &= copy.readableBytes() + length <= MOST_BYTES;
    if (isWhole) {
      copy.writeBytes(bytes, index, length);
    }
    if (last && isArray) {
      // Before the client has it, who may have its next command waiting here.
      compare();
    }
    place.part(bytes, index, length, last);
  }

  @Override
  public void fail(byte[] error) {
    place.fail(error);
  }

  private void compare() {
    gets.permit(user, era);
    int at = isWhole ? line(0) : 0;
    int position = 0;
    for (Compared each : compared) {
      for (; isWhole && position < each.position(); position++) {
        at = end(at);
      }
      long unused = filler.cache().seen(each.hash(), connection);
      Entry entry = kept(each);
      boolean isSame = isWhole && entry != null && entry.isReply(copy, at, end(at) - at);
      if (!isSame && filler.cache().hasAnswers(each.hash())) {
        filler.guard().changed(each.hash());
      }
    }
  }

  private @Nullable Entry kept(Compared each) {
    ByteBuf key = Unpooled.wrappedBuffer(each.key());
    int length = each.key().length;
    Entry entry = filler.cache().find(each.hash());
    while (entry != null
        && (entry.isDropped()
            || !entry.answers(key, 0, length, database, user, Entry.ANY_PROTOCOL))) {
      entry = entry.older();
    }
    return entry;
  }

  /** Where the value ends that begins here. */
  private int end(int at) {
    int body = line(at);
    boolean isString = copy.getByte(at) == '$' && copy.getByte(at + 1) != '-';
    int length = isString ? (int) Numbers.parseLong(copy, at + 1, body - 2 - at - 1) + 2 : 0;
    return body + length;
  }

  private int line(int from) {
    return copy.indexOf(from, copy.writerIndex(), (byte) '\n') + 1;
  }
}
