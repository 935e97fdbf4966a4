package io.github.semcache.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Which way the packages may look, and which of them may see which library. */
class ArchitectureTest {
  private static final String BASE = "io.github.semcache";
  private static final String[] JDK_AND_NULLNESS = {"java..", "org.jspecify.annotations.."};

  /** Each package of the core with the packages it may know. */
  private static final Map<String, String[]> CORE =
      Map.of(
          "prompt", new String[] {"prompt"},
          "embedding", new String[] {"embedding"},
          "store", new String[] {"store", "embedding", "prompt"},
          "policy", new String[] {"policy", "store", "prompt", "embedding"},
          "chat", new String[] {"chat", "prompt"},
          "judge", new String[] {"judge", "policy", "chat", "embedding", "prompt"},
          "stats", new String[] {"stats", "policy", "chat"});

  /** Each library with the one package that may see it. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "redis.clients..", "redis",
          "org.apache.lucene..", "lucene",
          "com.openai..", "openai",
          "dev.langchain4j..", "langchain4j",
          "io.micrometer..", "micrometer",
          "picocli..", "cli");

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(BASE);

  @TestFactory
  Stream<DynamicTest> corePackagesLookOneWay() {
    return CORE.entrySet().stream()
        .map(
            arrows ->
                DynamicTest.dynamicTest(
                    arrows.getKey(),
                    () ->
                        classes()
                            .that()
                            .resideInAPackage(BASE + "." + arrows.getKey() + "..")
                            .should()
                            .onlyDependOnClassesThat()
                            .resideInAnyPackage(allowed(arrows.getValue()))
                            .check(MAIN)));
  }

  private static String[] allowed(String[] packages) {
    return Stream.concat(
            Stream.of(packages).map(name -> BASE + "." + name + ".."), Stream.of(JDK_AND_NULLNESS))
        .toArray(String[]::new);
  }

  @Test
  void baseSeesOnlyTheCoreAndTheLoggingFacade() {
    classes()
        .that()
        .resideInAPackage(BASE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            Stream.of(
                    Stream.of(BASE, "org.slf4j.."),
                    Stream.of(JDK_AND_NULLNESS),
                    CORE.keySet().stream().map(name -> BASE + "." + name + ".."))
                .flatMap(names -> names)
                .toArray(String[]::new))
        .check(MAIN);
  }

  @TestFactory
  Stream<DynamicTest> onePackageSeesEachLibrary() {
    return LIBRARIES.entrySet().stream()
        .map(
            library ->
                DynamicTest.dynamicTest(
                    library.getKey(),
                    () ->
                        noClasses()
                            .that()
                            .resideOutsideOfPackage(BASE + "." + library.getValue() + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(library.getKey())
                            .allowEmptyShould(true)
                            .check(MAIN)));
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching(BASE + ".(*)..").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void storesKnowNothingOfChatAndPolicies() {
    noClasses()
        .that()
        .resideInAnyPackage(BASE + ".redis..", BASE + ".lucene..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(BASE, BASE + ".chat..", BASE + ".policy..", BASE + ".stats..")
        .allowEmptyShould(true)
        .check(MAIN);
  }
}
