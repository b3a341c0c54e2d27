package io.heatsink.control;

import io.heatsink.upstream.Credentials;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * How Lettuce's connections are encrypted, and as whom they are known: as the pipes are. Immutable.
 *
 * @param tls has a connection's TLS use what the files say now; null for plain connections
 * @param checksHost whether the certificate has to name the host
 */
public record ControlAccess(
    Credentials credentials, @Nullable Consumer<SslContextBuilder> tls, boolean checksHost) {

  /** The same as somebody else. */
  public ControlAccess as(Credentials other) {
    return new ControlAccess(other, tls, checksHost);
  }

  /** Where a server is, and how to get in; its password is asked for at each connection. */
  RedisURI uri(String host, int port) {
    RedisURI uri =
        port == 0
            ? RedisURI.Builder.socket(host).build()
            : RedisURI.Builder.redis(host, port)
                .withSsl(tls != null)
                .withVerifyPeer(checksHost ? SslVerifyMode.FULL : SslVerifyMode.CA)
                .build();
    if (credentials.isPresent()) {
      uri.setCredentialsProvider(
          () ->
              Mono.fromSupplier(
                  () -> RedisCredentials.just(credentials.username(), credentials.password())));
    }
    return uri;
  }

  /** Adds what TLS needs, if it is spoken. */
  ClientOptions.Builder apply(ClientOptions.Builder options) {
    return tls == null
        ? options
        : options.sslOptions(SslOptions.builder().jdkSslProvider().sslContext(tls).build());
  }
}
