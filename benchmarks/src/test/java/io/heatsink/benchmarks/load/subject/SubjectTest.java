package io.heatsink.benchmarks.load.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SubjectTest {

  @Test
  void anotherProxyIsGivenByItsAddress() {
    assertThat(Subject.parse("predixy=10.0.0.1:7617"))
        .isEqualTo(new Subject("predixy", "10.0.0.1", 7617, null));
    assertThat(Subject.parse("a-b.1=localhost:1:42"))
        .isEqualTo(new Subject("a-b.1", "localhost", 1, 42L));
    for (String wrong : List.of("predixy", "=h:1", "a=h", "a=h:x", "a=h:1:x", "a,b=h:1", "a=:1")) {
      assertThatThrownBy(() -> Subject.parse(wrong)).as(wrong).hasMessageContaining(wrong);
    }
  }
}
