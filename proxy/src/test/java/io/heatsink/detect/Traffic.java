package io.heatsink.detect;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;

/** Streams of keys, which are numbers from 0. */
final class Traffic {

  private Traffic() {}

  /** Zipf 0.99 ranks; every {@code shiftEvery} requests all ranks go to other keys, 0 for never. */
  static int[] zipf(int keys, int length, int shiftEvery, SplittableRandom random) {
    double[] cumulated = new double[keys];
    double sum = 0;
    for (int rank = 0; rank < keys; rank++) {
      sum += Math.pow(rank + 1, -0.99);
      cumulated[rank] = sum;
    }
    int[] stream = new int[length];
    for (int i = 0; i < length; i++) {
      int rank = Arrays.binarySearch(cumulated, random.nextDouble() * sum);
      int shift = shiftEvery == 0 ? 0 : i / shiftEvery * 1000;
      stream[i] = ((rank < 0 ? -rank - 1 : rank) + shift) % keys;
    }
    return stream;
  }

  /**
   * Twenty hot keys take two fifths of the traffic, a million others the rest; every 10,000
   * requests one of the twenty is replaced.
   */
  static int[] movingHotSet(int length, SplittableRandom random) {
    int others = 1_000_000;
    int fresh = others;
    int[] hot = new int[20];
    for (int i = 0; i < hot.length; i++) {
      hot[i] = fresh++;
    }
    int[] stream = new int[length];
    for (int i = 0; i < length; i++) {
      if (i % 10_000 == 0) {
        hot[random.nextInt(hot.length)] = fresh++;
      }
      stream[i] =
          random.nextDouble() < 0.4 ? hot[random.nextInt(hot.length)] : random.nextInt(others);
    }
    return stream;
  }

  /** A million accesses of an e-commerce site to its objects; see the README beside it. */
  static int[] trace() {
    String name = "orm-busy.first1000000.be32.gz";
    int[] stream = new int[1_000_000];
    try (InputStream raw = Objects.requireNonNull(Traffic.class.getResourceAsStream(name));
        DataInputStream in =
            new DataInputStream(new BufferedInputStream(new GZIPInputStream(raw)))) {
      for (int i = 0; i < stream.length; i++) {
        stream[i] = in.readInt();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return stream;
  }

  /** The number of keys, where keys are numbered from 0. */
  static int keysOf(int[] stream) {
    return Arrays.stream(stream).max().orElse(-1) + 1;
  }
}
