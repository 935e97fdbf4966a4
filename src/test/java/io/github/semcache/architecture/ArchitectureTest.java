package io.github.semcache.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.github.semcache.architecture.CompiledClasses.BASE;
import static io.github.semcache.architecture.CompiledClasses.MAIN;
import static io.github.semcache.architecture.CompiledClasses.TESTS;
import static io.github.semcache.architecture.CompiledClasses.topLevelName;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The allowed dependencies between the packages, and the package of each third-party library. */
class ArchitectureTest {
  private static final String[] JDK_AND_NULLNESS = {"java..", "org.jspecify.annotations.."};
  private static final String[] SLF4J = {"org.slf4j.."};
  private static final String[] NONE = {};
  private static final String[] BASE_ONLY = {BASE};
  private static final String[] INTEGRATIONS = {
    "redis", "lucene", "openai", "openai.proxy", "langchain4j", "micrometer", "spring"
  };

  /** Each port with the packages it may depend on, itself excluded. */
  private static final Map<String, String[]> PORTS =
      Map.ofEntries(
          Map.entry("deadline", new String[] {}),
          Map.entry("prompt", new String[] {"deadline"}),
          Map.entry("embedding", new String[] {"deadline"}),
          Map.entry("store", new String[] {"deadline", "embedding", "prompt"}),
          Map.entry("policy", new String[] {"deadline", "store", "prompt", "embedding", "guard"}),
          Map.entry(
              "learning",
              new String[] {
                "deadline", "policy", "verify", "judge", "guard", "store", "prompt", "embedding"
              }),
          Map.entry(
              "verify",
              new String[] {
                "deadline", "policy", "guard", "guard.text", "chat", "embedding", "prompt"
              }),
          Map.entry("guard", new String[] {"deadline", "guard.text"}),
          Map.entry("guard.text", new String[] {}),
          Map.entry("chat", new String[] {"deadline", "prompt"}),
          Map.entry("judge", new String[] {"guard", "guard.text", "chat", "embedding", "prompt"}),
          Map.entry("stats", new String[] {"policy", "verify", "judge", "learning", "chat"}));

  private static final String[] PORT_PACKAGES = packages(PORTS.keySet().toArray(String[]::new));

  /** Each third-party library with the only packages that may depend on it. */
  private static final Map<String, String[]> LIBRARIES =
      Map.of(
          "redis.clients..", new String[] {"redis"},
          "org.apache.lucene..", new String[] {"lucene"},
          "com.openai..", new String[] {"openai", "openai.proxy"},
          "dev.langchain4j..", new String[] {"langchain4j", "spring"},
          "io.micrometer..", new String[] {"micrometer", "spring"},
          "org.springframework..", new String[] {"spring"},
          "org.apache.commons.statistics..", new String[] {"evaluation"},
          "com.fasterxml.jackson.dataformat..", new String[] {"evaluation"},
          "picocli..", new String[] {"cli"});

  @TestFactory
  Stream<DynamicTest> portsDependOnlyOnTheirDeclaredPackages() {
    return PORTS.entrySet().stream()
        .map(
            port ->
                DynamicTest.dynamicTest(
                    port.getKey(),
                    () ->
                        classes()
                            .that()
                            .resideInAPackage(BASE + "." + port.getKey())
                            .should()
                            .onlyDependOnClassesThat()
                            .resideInAnyPackage(
                                concat(
                                    JDK_AND_NULLNESS,
                                    port.getKey().equals("chat") ? SLF4J : NONE,
                                    packages(port.getKey()),
                                    packages(port.getValue())))
                            .check(MAIN)));
  }

  @Test
  void basePackageDependsOnlyOnPortsInternalPackagesAndSlf4j() {
    classes()
        .that()
        .resideInAPackage(BASE)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            concat(JDK_AND_NULLNESS, SLF4J, PORT_PACKAGES, packages("internal.."), BASE_ONLY))
        .check(MAIN);
  }

  @Test
  void adapterPackageDependsOnlyOnTheBasePackageAndThePorts() {
    classes()
        .that()
        .resideInAPackage(BASE + ".adapter..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            concat(JDK_AND_NULLNESS, SLF4J, PORT_PACKAGES, packages("adapter.."), BASE_ONLY))
        .check(MAIN);
  }

  @Test
  void internalPackagesDependOnlyOnPortsAndSlf4j() {
    classes()
        .that()
        .resideInAPackage(BASE + ".internal..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(concat(JDK_AND_NULLNESS, SLF4J, PORT_PACKAGES, packages("internal..")))
        .check(MAIN);
  }

  @Test
  void concurrencyPackageDependsOnlyOnTheJdkAndSlf4j() {
    classes()
        .that()
        .resideInAPackage(BASE + ".internal.concurrent..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(concat(JDK_AND_NULLNESS, SLF4J, packages("internal.concurrent..")))
        .check(MAIN);
  }

  @Test
  void onlyTheBasePackageDependsOnInternalPackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(BASE, BASE + ".internal..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(BASE + ".internal..")
        .check(MAIN);
  }

  @TestFactory
  Stream<DynamicTest> librariesAreUsedOnlyByTheirPackages() {
    return LIBRARIES.entrySet().stream()
        .map(
            library ->
                DynamicTest.dynamicTest(
                    library.getKey(),
                    () ->
                        noClasses()
                            .that()
                            .resideOutsideOfPackages(packages(library.getValue()))
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(library.getKey())
                            .check(MAIN)));
  }

  /** Only the package spring, which configures the others, may use them; none of them uses it. */
  @TestFactory
  Stream<DynamicTest> integrationsDoNotDependOnEachOther() {
    return Stream.of(INTEGRATIONS)
        .map(
            integration ->
                DynamicTest.dynamicTest(
                    integration,
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage(BASE + "." + integration)
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(otherIntegrations(integration))
                            .check(MAIN)));
  }

  private static String[] otherIntegrations(String integration) {
    return Stream.concat(Stream.of(INTEGRATIONS), Stream.of("evaluation", "cli"))
        .filter(other -> !other.equals(integration))
        .filter(other -> !integration.equals("openai.proxy") || !other.equals("openai"))
        .filter(other -> !integration.equals("spring") || !List.of(INTEGRATIONS).contains(other))
        .map(other -> BASE + "." + other)
        .toArray(String[]::new);
  }

  @Test
  void storesDependOnNeitherTheCacheNorItsPolicies() {
    noClasses()
        .that()
        .resideInAnyPackage(BASE + ".redis..", BASE + ".lucene..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            concat(
                BASE_ONLY,
                packages("adapter", "chat", "policy", "learning", "guard..", "judge", "stats")))
        .check(MAIN);
  }

  @Test
  void encryptionDependsOnlyOnTheStorePortAndTheJdk() {
    classes()
        .that()
        .resideInAPackage(BASE + ".encryption")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            concat(
                JDK_AND_NULLNESS,
                new String[] {"javax.crypto.."},
                packages("encryption", "store", "prompt", "embedding", "deadline")))
        .check(MAIN);
  }

  @Test
  void testkitDependsOnlyOnTheLibraryJUnitAndAssertJ() {
    classes()
        .that()
        .resideInAPackage(BASE + ".testkit..")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(concat(JDK_AND_NULLNESS, packages("testkit..")))
                .or(resideInAnyPackage("org.junit.jupiter..", "org.assertj.core.."))
                .or(describe("are part of the library", type -> MAIN.contain(topLevelName(type)))))
        .check(TESTS);
  }

  @Test
  void packagesHaveNoCycles() {
    CompiledClasses.packages().should().beFreeOfCycles().check(MAIN);
  }

  private static String[] packages(String... names) {
    return Stream.of(names).map(name -> BASE + "." + name).toArray(String[]::new);
  }

  private static String[] concat(String[]... parts) {
    return Stream.of(parts).flatMap(Stream::of).toArray(String[]::new);
  }
}
