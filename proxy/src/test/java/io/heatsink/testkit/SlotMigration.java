package io.heatsink.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A slot on its way from one node of a cluster to another, step by step as an operator does it. */
public final class SlotMigration {

  private final RedisCluster cluster;
  private final String slot;
  private final RedisServer source;
  private final RedisServer target;
  private boolean isUnderWay;

  SlotMigration(RedisCluster cluster, int slot, RedisServer source, RedisServer target) {
    this.cluster = cluster;
    this.slot = Integer.toString(slot);
    this.source = source;
    this.target = target;
  }

  SlotMigration begin() {
    Answers.expectOk(target.call("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.id(source)));
    Answers.expectOk(source.call("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.id(target)));
    isUnderWay = true;
    return this;
  }

  /** Whether it was begun and not finished. */
  public boolean isUnderWay() {
    return isUnderWay;
  }

  /** Moves at most so many keys, and answers how many there were. */
  public int moveKeys(int most) {
    List<String> keys =
        Answers.texts(source.call("CLUSTER", "GETKEYSINSLOT", slot, Integer.toString(most)));
    if (keys.isEmpty()) {
      return 0;
    }
    List<String> words = new ArrayList<>(List.of("MIGRATE", "127.0.0.1"));
    words.addAll(List.of(Integer.toString(target.port()), "", "0", "5000", "KEYS"));
    words.addAll(keys);
    byte[][] migrate =
        words.stream()
            .map(word -> word.getBytes(StandardCharsets.ISO_8859_1))
            .toArray(byte[][]::new);
    try (RawClient client = source.client()) {
      String reply = client.call(migrate);
      // All of them may have been removed meanwhile.
      if (!reply.equals("+NOKEY\r\n")) {
        Answers.expectOk(reply);
      }
    }
    return keys.size();
  }

  /** Gives the slot to its new owner: the owner hears of it first, the others after. */
  public void finish() {
    String[] owner = {"CLUSTER", "SETSLOT", slot, "NODE", cluster.id(target)};
    Answers.expectOk(target.call(owner));
    Answers.expectOk(source.call(owner));
    for (RedisServer other : cluster.primaries()) {
      if (other != source && other != target) {
        Answers.expectOk(other.call(owner));
      }
    }
    isUnderWay = false;
  }
}
