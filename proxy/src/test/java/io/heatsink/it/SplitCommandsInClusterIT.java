package io.heatsink.it;

import io.heatsink.Heatsink;
import io.heatsink.testkit.RawClient;
import io.heatsink.testkit.RedisCluster;
import io.heatsink.testkit.TestConfig;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Commands on split counters before a cluster, whose shards lie on all its nodes. */
class SplitCommandsInClusterIT extends SplitCommands {

  private RedisCluster cluster;
  private Heatsink heatsink;

  @BeforeAll
  void start() {
    cluster = RedisCluster.start(3, 0);
    heatsink = Heatsink.start(rules(TestConfig.beforeCluster(cluster.ports())).build());
  }

  @AfterAll
  void stop() {
    heatsink.close();
    cluster.close();
  }

  @Override
  RawClient newClient() {
    return RawClient.connect(heatsink.address());
  }

  @Override
  String direct(String... words) {
    return switch (words[0]) {
      case "FLUSHALL" -> all(words).get(0);
      case "KEYS" -> {
        List<String> keys = all(words).stream().flatMap(SplitCommandsInClusterIT::bulks).toList();
        yield "*" + keys.size() + "\r\n" + String.join("", keys);
      }
      case "MEMORY" -> cluster.ownerOf(words[2]).call(words);
      default -> cluster.ownerOf(words[1]).call(words);
    };
  }

  private List<String> all(String... words) {
    return cluster.nodes().stream().map(node -> node.call(words)).toList();
  }

  /** The elements of an array of texts, as they were sent. */
  private static Stream<String> bulks(String reply) {
    List<String> lines = Arrays.asList(reply.split("\r\n", -1));
    return IntStream.range(0, lines.size() / 2 - 1)
        .mapToObj(i -> lines.get(2 * i + 1) + "\r\n" + lines.get(2 * i + 2) + "\r\n");
  }
}
