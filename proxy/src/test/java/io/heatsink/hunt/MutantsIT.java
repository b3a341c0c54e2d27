package io.heatsink.hunt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hunt that finds nothing proves nothing unless it finds what is there. */
class MutantsIT {

  @ParameterizedTest
  @EnumSource
  void aBrokenBuildIsCaught(Mutant mutant) throws Exception {
    Object fault = new MutantLoader(mutant).hunt(1, Hunt.SEEDS);
    System.out.println(mutant + ": " + fault);
    assertThat(fault).as("what shows %s", mutant).isNotNull();
  }
}
