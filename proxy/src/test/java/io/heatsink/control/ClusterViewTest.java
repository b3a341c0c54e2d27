package io.heatsink.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.topology.Node;
import io.heatsink.topology.Shard;
import io.heatsink.topology.Topology;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What several nodes say becomes one picture. */
class ClusterViewTest {

  private static final Node A = new Node("10.0.0.1", 7000);
  private static final Node B = new Node("10.0.0.2", 7000);
  private static final Node C = new Node("10.0.0.3", 7000);

  private final Map<Node, String> answers = new LinkedHashMap<>();

  private static String line(
      String id, Node node, String flags, String primary, int epoch, String slots) {
    String address = node.host() + ":" + node.port() + "@17000";
    return id
        + " "
        + address
        + " "
        + flags
        + " "
        + primary
        + " 0 0 "
        + epoch
        + " connected "
        + slots
        + "\n";
  }

  private Topology picture() {
    return Objects.requireNonNull(ClusterView.of(answers));
  }

  @Test
  void theHigherEpochHasTheSlotWhoeverIsHeardFirst() {
    String old =
        line("a", A, "myself,master", "-", 1, "0-16383") + line("b", B, "slave", "a", 1, "");
    String now =
        line("a", A, "master,fail", "-", 1, "") + line("b", B, "myself,master", "-", 2, "0-16383");
    answers.put(A, old);
    answers.put(B, now);
    assertThat(picture().shards()).isEqualTo(List.of(new Shard(B, List.of())));
    answers.clear();
    answers.put(B, now);
    answers.put(A, old);
    assertThat(picture().shards()).isEqualTo(List.of(new Shard(B, List.of())));
  }

  @Test
  void nobodyIsHeardAboutWhoHasSpoken() {
    // A has given the slot away; C has not heard of it, and B's epoch was the lower one.
    answers.put(
        A, line("a", A, "myself,master", "-", 5, "1-16383") + line("b", B, "master", "-", 2, "0"));
    answers.put(
        C,
        line("a", A, "master", "-", 5, "0-16383")
            + line("b", B, "master", "-", 2, "")
            + line("c", C, "myself,slave", "a", 5, ""));
    assertThat(picture().shard(0)).isEqualTo(new Shard(B, List.of()));
    assertThat(picture().shard(1)).isEqualTo(new Shard(A, List.of(C)));
  }

  /** A cursor of SCAN tells shards apart by their places. */
  @Test
  void whoTakesOverHasThePlaceOfTheOneBefore() {
    answers.put(
        A,
        line("a", A, "myself,master", "-", 1, "0-99")
            + line("b", B, "master", "-", 2, "100-16383")
            + line("c", C, "slave", "a", 1, ""));
    assertThat(picture().shards())
        .containsExactly(new Shard(A, List.of(C)), new Shard(B, List.of()));
    answers.clear();
    answers.put(
        C,
        line("a", A, "slave", "c", 3, "")
            + line("b", B, "master", "-", 2, "100-16383")
            + line("c", C, "myself,master", "-", 3, "0-99"));
    assertThat(picture().shards())
        .containsExactly(new Shard(C, List.of(A)), new Shard(B, List.of()));
  }

  @Test
  void whoIsUnwellIsNoReplica() {
    for (String flags : List.of("slave,fail", "slave,fail?", "handshake", "slave,noaddr")) {
      answers.clear();
      answers.put(
          A, line("a", A, "myself,master", "-", 1, "0-16383") + line("b", B, flags, "a", 1, ""));
      assertThat(picture().shards()).as(flags).isEqualTo(List.of(new Shard(A, List.of())));
    }
  }

  @Test
  void slotsWithoutAnOwnerAndSlotsOnTheirWay() {
    String moving = "0-99 [5->-b] [200-<-b]";
    answers.put(A, line("a", A, "myself,master", "-", 1, moving));
    assertThat(picture().shard(5)).isEqualTo(new Shard(A, List.of()));
    assertThat(picture().shard(100)).isNull();
    assertThat(picture().shard(200)).isNull();
    assertThat(picture())
        .hasToString("cluster of 1 primaries, 0 replicas, 16284 slots without an owner");
    answers.put(A, line("a", A, "myself,master", "-", 1, ""));
    assertThat(ClusterView.of(answers)).isNull();
  }

  @Test
  void aNodeThatDoesNotKnowItsOwnNameHasTheOneItWasReachedBy() {
    answers.put(A, line("a", new Node("", 7000), "myself,master", "-", 1, "0-16383"));
    assertThat(picture().shards()).isEqualTo(List.of(new Shard(A, List.of())));
  }
}
