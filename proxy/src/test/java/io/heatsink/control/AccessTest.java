package io.heatsink.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.topology.Node;
import io.heatsink.upstream.Credentials;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Who Heatsink is, to whom. */
class AccessTest {

  private static final Node SENTINEL = new Node("s", 26379);
  private static final Node DATA = new Node("d", 6379);

  private static Access access(Access.Kind kind, Credentials who, Credentials sentinels) {
    return new Access(kind, List.of(SENTINEL), "m", as(who), as(sentinels), Duration.ofSeconds(1));
  }

  private static ControlAccess as(Credentials who) {
    return new ControlAccess(who, null, true);
  }

  private static RedisCredentials credentials(RedisURI uri) {
    return Objects.requireNonNull(
        uri.getCredentialsProvider().resolveCredentials().block(Duration.ofSeconds(1)));
  }

  @Test
  void sentinelsAreToldTheirOwnPasswordOnly() {
    Access access =
        access(
            Access.Kind.SENTINEL,
            new Credentials("app", "data"),
            new Credentials(null, "sentinel"));
    assertThat(credentials(access.uri(DATA)).getUsername()).isEqualTo("app");
    assertThat(credentials(access.uri(DATA)).getPassword()).isEqualTo("data".toCharArray());
    assertThat(credentials(access.uri(SENTINEL)).getUsername()).isNull();
    assertThat(credentials(access.uri(SENTINEL)).getPassword()).isEqualTo("sentinel".toCharArray());
    Access open = access(Access.Kind.SENTINEL, new Credentials("app", "data"), Credentials.NONE);
    assertThat(credentials(open.uri(SENTINEL)).getPassword()).isNull();
  }

  @Test
  void seedsOfAClusterAreServersLikeAllOthers() {
    Access access = access(Access.Kind.CLUSTER, new Credentials("app", "data"), Credentials.NONE);
    assertThat(credentials(access.uri(SENTINEL)).getUsername()).isEqualTo("app");
    assertThat(access.uri(SENTINEL).getPort()).isEqualTo(26379);
    assertThat(access.uri(new Node("/run/redis.sock", 0)).getSocket()).isEqualTo("/run/redis.sock");
  }
}
