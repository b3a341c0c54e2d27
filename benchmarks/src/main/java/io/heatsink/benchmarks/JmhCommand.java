package io.heatsink.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Unmatched;

/** {@code heatsink jmh}: hands its arguments to JMH. */
@Command(
    name = "jmh",
    description = {
      "Runs the JMH benchmarks; takes JMH's own arguments.",
      "jmh -l lists them, jmh -h explains the arguments,",
      "jmh HitPath -prof gc runs those whose name contains HitPath."
    })
final class JmhCommand implements Callable<Integer> {

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    org.openjdk.jmh.Main.main(arguments.toArray(new String[0]));
    return ExitCode.OK;
  }
}
