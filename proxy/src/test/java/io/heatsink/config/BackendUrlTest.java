package io.heatsink.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heatsink.config.HeatsinkConfig.Backend.Kind;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a backend's URL means, and what is said of one that means nothing. */
final class BackendUrlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "redis://h redis://h:6379/0",
        "redis://h:1/ redis://h:1/0",
        "redis://[::1]/2 redis://[::1]:6379/2",
        "redis://[::1]:5 redis://[::1]:5/0",
        "redis://user:@h redis://user:***@h:6379/0",
        "redis://:p@h redis://:***@h:6379/0",
        "rediss://h/3 rediss://h:6379/3",
        "redis-cluster://a,b:7001 redis-cluster://a:6379,b:7001",
        "rediss-cluster://u:p@a/0 rediss-cluster://u:***@a:6379",
        "redis-replicas://a,[::2]:7/4 redis-replicas://a:6379,[::2]:7/4",
        "redis-sentinel://a,b:1?master=my redis-sentinel://a:26379,b:1/0?master=my",
        "rediss-sentinel://a/9?master=m-1.x rediss-sentinel://a:26379/9?master=m-1.x",
        "redis+unix:///run/redis.sock redis+unix:///run/redis.sock?db=0",
        "redis+unix:///a%20b?db=7 'redis+unix:///a b?db=7'",
        "redis+unix://u:p@/run/r.sock redis+unix://u:***@/run/r.sock?db=0",
      })
  void urls(String text, String shown) {
    assertThat(ValueType.URL.read(text)).hasToString(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "h:6379|must start with redis://",
        "redis://|the host is missing",
        "redis-cluster://a,|the host is missing",
        "redis://*:1|a host and a port",
        "redis://h:0|a host and a port",
        "redis://h/x|not a number from 0 to 65535",
        "redis://h/65536|not a number from 0 to 65535",
        "redis://u@h|write user:password@",
        "redis://h?db=1|nothing may follow a ?",
        "redis://a,b|start with redis-cluster://",
        "redis-replicas://a,b,a|the same address twice",
        "redis-cluster://a/1|a cluster has database 0 only: leave out /1",
        "redis-cluster://a?master=m|nothing may follow a ?",
        "redis-sentinel://a|end it with ?master=",
        "redis-sentinel://a?master=|end it with ?master=",
        "redis-sentinel://a?master=a b|end it with ?master=",
        "redis-sentinel://a?name=m|end it with ?master=",
        "redis+unix://run/redis.sock|its whole path",
        "redis+unix:///s?database=1|only ?db= may follow",
        "redis+unix:///s?db=x|not a number from 0 to 65535",
        "unix:///tmp/s|redis+unix://",
      })
  void noUrls(String text, String problem) {
    assertThatThrownBy(() -> ValueType.URL.read(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(problem);
  }

  @Test
  void theConfigHasWhatTheUrlSays() throws ConfigException {
    HeatsinkConfig.Backend backend =
        backend("redis-sentinel://u:p@s1,s2:7/3?master=orders").config().backend();
    assertThat(backend.kind()).isEqualTo(Kind.SENTINEL);
    assertThat(backend.seeds())
        .isEqualTo(List.of(new HostPort("s1", 26379), new HostPort("s2", 7)));
    assertThat(backend.masterName()).isEqualTo("orders");
    assertThat(backend.username()).isEqualTo("u");
    assertThat(backend.database()).isEqualTo(3);
    assertThat(backend).hasToString("redis-sentinel://s1:26379,s2:7/3?master=orders");
    assertThat(backend("redis://h").config().backend()).hasToString("redis://h:6379/0");
  }

  @Test
  void noNodeMayBeHeatsinkItself() {
    assertThatThrownBy(() -> backend("redis-cluster://10.0.0.1,localhost:6380"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("Heatsink's own address (listen = 127.0.0.1:6380)");
  }

  private static LoadedConfig backend(String url) throws ConfigException {
    return ConfigLoader.load(null, Map.of(), Map.of("backend.url", url));
  }
}
