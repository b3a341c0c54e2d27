package io.heatsink.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.heatsink.differential.Script.Form;
import io.heatsink.differential.Script.Step;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A failure is told in as few commands as it takes. */
class ShrinkerTest {

  private static final Script LONG =
      new Script(1, IntStream.range(0, 500).mapToObj(ShrinkerTest::step).toList());

  private static Step step(int number) {
    return new Step(number / 10, 0, Form.ARRAY, List.of(Vocabulary.bytes("GET" + number)));
  }

  private static Set<String> verbs(Script script) {
    return script.steps().stream().map(Step::verb).collect(Collectors.toSet());
  }

  @Test
  void keepsWhatItTakesAndNothingElse() {
    Set<String> culprits = Set.of("get3", "get250", "get251", "get499");
    Script shrunk =
        new Shrinker(s -> verbs(s).containsAll(culprits), Duration.ofMinutes(1)).shrink(LONG);
    assertThat(verbs(shrunk)).isEqualTo(culprits);
    assertThat(shrunk.batches()).as("in the batches they came in").hasSize(3);
    assertThat(shrunk.toString())
        .isEqualTo(
            """
            client 0> GET3

            client 0> GET250
            client 0> GET251

            client 0> GET499

            """);
  }

  @Test
  void endsInTime() {
    assertThat(new Shrinker(s -> true, Duration.ZERO).shrink(LONG)).isEqualTo(LONG);
  }
}
