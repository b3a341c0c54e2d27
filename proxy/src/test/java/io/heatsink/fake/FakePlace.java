package io.heatsink.fake;

import io.heatsink.command.Landings;
import io.heatsink.command.Place;
import io.heatsink.command.Writes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/** A place that keeps its reply and insists on being answered once. */
public final class FakePlace implements Place {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Runnable whenDone = () -> {};
  private boolean declining;
  private boolean done;
  private boolean failed;
  private @Nullable Writes writes;
  private long[] hashes = {};
  private @Nullable Landings landings;
  private long landing;
  private boolean landsFirst;

  /** Called when the reply is whole. */
  public void whenDone(Runnable action) {
    whenDone = action;
  }

  /** It is not to be answered from where others wait. */
  public void declining() {
    declining = true;
  }

  @Override
  public boolean declines(long left) {
    return declining;
  }

  public boolean isDone() {
    return done;
  }

  /** Whether it was told that no reply can come. */
  public boolean isFailed() {
    return failed;
  }

  /** The reply; it must be whole. */
  public String reply() {
    if (!done) {
      throw new AssertionError("not answered");
    }
    return Latin.text(bytes.toByteArray());
  }

  @Override
  public void ends(Writes told, long keyHash) {
    ends(told, new long[] {keyHash});
  }

  @Override
  public void ends(Writes told, long[] keyHashes) {
    writes = told;
    hashes = keyHashes;
  }

  @Override
  public void lands(Landings told, long number) {
    landings = told;
    landing = number;
  }

  @Override
  public void landsFirst(Landings told, long number) {
    lands(told, number);
    landsFirst = true;
  }

  @Override
  public void part(ByteBuf from, int index, int length, boolean last) {
    expectOpen();
    endWrites();
    if (landsFirst) {
      land();
    }
    bytes.writeBytes(ByteBufUtil.getBytes(from, index, length));
    if (last) {
      done();
    }
  }

  @Override
  public void complete(byte[] reply) {
    expectOpen();
    if (bytes.size() > 0) {
      throw new AssertionError("half answered before");
    }
    endWrites();
    bytes.writeBytes(reply);
    done();
  }

  @Override
  public void fail(byte[] error) {
    expectOpen();
    endWrites();
    failed = true;
    bytes.reset();
    bytes.writeBytes(error);
    done();
  }

  private void expectOpen() {
    if (done) {
      throw new AssertionError("answered twice; first " + reply());
    }
  }

  private void done() {
    done = true;
    if (landsFirst) {
      landings = null;
    }
    land();
    whenDone.run();
  }

  private void land() {
    Landings told = landings;
    if (told != null) {
      landings = null;
      told.landed(landing, this);
    }
  }

  private void endWrites() {
    Writes told = writes;
    writes = null;
    if (told != null && hashes.length == 0) {
      told.endEverything();
    } else if (told != null) {
      for (long hash : hashes) {
        told.end(hash);
      }
    }
  }
}
