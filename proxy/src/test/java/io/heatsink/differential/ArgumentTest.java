package io.heatsink.differential;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The syntax of commands as text. */
class ArgumentTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "key:key value:string [(NX|XX)] [GET] [(EX seconds:integer|KEEPTTL)]",
        "key:key [(GET encoding:string|[OVERFLOW (WRAP|SAT)] (SET a:string|INCRBY b:string))]",
        "numkeys:integer (key:key)... [WEIGHTS (weight:integer)...]",
        "key:key [MAXLEN [(=|~)] threshold:string] (*|id:string) (field:string value:string)..."
      })
  void readsWhatItWrites(String syntax) {
    assertThat(Argument.parse(syntax)).hasToString(syntax);
  }
}
