package io.heatsink.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Unmatched;

/** {@code heatsink bench}: hands its arguments to JMH. */
@Command(
    name = "bench",
    description = {
      "Runs the JMH benchmarks; takes JMH's own arguments.",
      "bench -l lists them, bench -h explains the arguments,",
      "bench Detector -prof gc runs those whose name contains Detector."
    })
final class BenchCommand implements Callable<Integer> {

  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    org.openjdk.jmh.Main.main(arguments.toArray(new String[0]));
    return ExitCode.OK;
  }
}
