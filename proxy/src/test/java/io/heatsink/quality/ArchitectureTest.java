package io.heatsink.quality;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may know whom: the direction of the packages, and the libraries that stay in one of them. */
class ArchitectureTest {

  private static final String ROOT = "io.heatsink";

  /** Each package and the packages of ours that it may import, besides itself. */
  private static final Map<String, List<String>> MAY_IMPORT =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("resp", List.of()),
              Map.entry("config", List.of()),
              Map.entry("log", List.of()),
              Map.entry(
                  "cluster",
                  List.of("command", "resp", "metrics", "replica", "topology", "upstream")),
              Map.entry("replica", List.of("command", "resp", "metrics", "topology", "upstream")),
              Map.entry("files", List.of()),
              Map.entry("tls", List.of()),
              Map.entry("access", List.of()),
              Map.entry("service", List.of()),
              Map.entry("train", List.of("resp")),
              Map.entry("command", List.of("resp")),
              Map.entry("detect", List.of("resp")),
              Map.entry("policy", List.of("resp")),
              Map.entry("metrics", List.of("resp")),
              Map.entry("admin", List.of("metrics")),
              Map.entry("journal", List.of()),
              Map.entry("advice", List.of("detect", "metrics")),
              Map.entry(
                  "console",
                  List.of(
                      "admin",
                      "advice",
                      "cache",
                      "command",
                      "counter",
                      "detect",
                      "journal",
                      "metrics",
                      "policy",
                      "resp",
                      "topology")),
              Map.entry("terminal", List.of()),
              Map.entry("flight", List.of("command", "resp", "metrics")),
              Map.entry(
                  "cache", List.of("command", "resp", "metrics", "detect", "flight", "policy")),
              Map.entry(
                  "counter", List.of("command", "resp", "metrics", "flight", "policy", "topology")),
              Map.entry("topology", List.of("command", "resp", "metrics")),
              Map.entry("upstream", List.of("command", "resp", "metrics", "topology")),
              Map.entry("control", List.of("command", "resp", "topology", "upstream")),
              Map.entry(
                  "route",
                  List.of(
                      "command", "resp", "cache", "counter", "detect", "flight", "metrics",
                      "policy")),
              Map.entry("client", List.of("command", "resp")),
              Map.entry("reply", List.of("command", "journal", "metrics", "resp")),
              Map.entry(
                  "session",
                  List.of(
                      "access",
                      "client",
                      "command",
                      "journal",
                      "reply",
                      "resp",
                      "metrics",
                      "detect",
                      "route",
                      "counter",
                      "policy",
                      "upstream"))));

  private static JavaClasses classes = new ClassFileImporter().importClasses();

  @BeforeAll
  static void readClasses() {
    classes =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);
  }

  @TestFactory
  List<DynamicTest> eachPackageKnowsOnlyWhatItMay() {
    return MAY_IMPORT.entrySet().stream()
        .map(entry -> DynamicTest.dynamicTest(entry.getKey(), () -> checkImports(entry.getKey())))
        .toList();
  }

  private static void checkImports(String room) {
    List<String> allowed = MAY_IMPORT.getOrDefault(room, List.of());
    String[] packages =
        Stream.concat(Stream.of(room), allowed.stream())
            .map(name -> ROOT + "." + name + "..")
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(ROOT + "." + room + "..")
        .should()
        .dependOnClassesThat(resideInAPackage(ROOT + "..").and(not(resideInAnyPackage(packages))))
        .allowEmptyShould(true)
        .because(room + " may import only " + allowed)
        .check(classes);
  }

  @Test
  void everyPackageHasARule() {
    List<String> unknown =
        classes.stream()
            .map(type -> type.getPackageName())
            .filter(name -> !name.equals(ROOT))
            .map(name -> name.substring(ROOT.length() + 1).split("\\.", -1)[0])
            .distinct()
            .filter(name -> !MAY_IMPORT.containsKey(name))
            .toList();
    assertThat(unknown).isEmpty();
  }

  @Test
  void noCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(classes);
  }

  @Test
  void lettuceStaysInTheControlPlane() {
    staysIn("io.lettuce..", "control");
  }

  @Test
  void caffeineStaysInTheCache() {
    staysIn("com.github.benmanes.caffeine..", "cache");
  }

  private static void staysIn(String library, String room) {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + "." + room + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library)
        .allowEmptyShould(true)
        .check(classes);
  }
}
