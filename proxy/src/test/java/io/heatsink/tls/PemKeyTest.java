package io.heatsink.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heatsink.testkit.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys as the tools write them that people have. */
final class PemKeyTest {

  @TempDir private Path folder = Path.of("");

  private String make(String name, String... command) throws IOException {
    Path out = folder.resolve(name);
    List<String> all = new ArrayList<>(List.of(command));
    all.addAll(List.of("-out", out.toString()));
    Certificates.openssl(all);
    return Files.readString(out);
  }

  @Test
  void olderFormsAreTheSameKey() throws IOException {
    assumeTrue(Certificates.in(folder) != null, "openssl is not on the PATH");
    for (List<String> kind :
        List.of(
            List.of("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
            List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            List.of("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp384r1"))) {
      List<String> command = new ArrayList<>(List.of("genpkey"));
      command.addAll(kind);
      String pkcs8 = make("key", command.toArray(String[]::new));
      String older = make("older", "pkey", "-traditional", "-in", folder.resolve("key").toString());
      assertThat(older).contains("BEGIN " + kind.get(1) + " PRIVATE KEY");
      PrivateKey key = PemKey.parse(pkcs8);
      PrivateKey same = PemKey.parse(older);
      // The older form repeats the curve, which the newer has elsewhere.
      if (key instanceof ECPrivateKey curve) {
        assertThat(((ECPrivateKey) same).getS()).isEqualTo(curve.getS());
      } else {
        assertThat(same).isEqualTo(key);
      }
    }
    assertThat(PemKey.parse(make("ed", "genpkey", "-algorithm", "ED25519"))).isNotNull();
  }

  @Test
  void faultsAreNamed() throws IOException {
    assertThatThrownBy(() -> PemKey.parse("nonsense")).hasMessageContaining("no private key");
    String damaged = "-----BEGIN EC PRIVATE KEY-----\nMAo=\n-----END EC PRIVATE KEY-----\n";
    assertThatThrownBy(() -> PemKey.parse(damaged)).hasMessageContaining("damaged");
    Certificates made = Certificates.in(folder);
    assumeTrue(made != null, "openssl is not on the PATH");
    if (made != null) {
      Certificates.Pair one = made.issue("DNS:a");
      Certificates.Pair other = made.issue("DNS:b");
      PemFiles mixed = new PemFiles(one.certificate(), other.key(), null);
      assertThatThrownBy(mixed::read)
          .hasMessageContaining(other.key() + ": not the key of " + one.certificate());
    }
  }
}
