package io.github.semcache.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
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
  private static final String[] JACKSON = {
    "com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind.."
  };
  private static final String[] NONE = {};
  private static final String[] BASE_ONLY = {BASE};
  private static final String[] INTEGRATIONS = {
    "redis", "lucene", "openai", "openai.proxy", "langchain4j", "micrometer", "spring"
  };

  /** Each port with the packages it may depend on, itself excluded. */
  private static final Map<String, String[]> PORTS =
      Map.ofEntries(
          Map.entry("deadline", new String[] {}),
          Map.entry("prompt", new String[] {"deadline", "embedding"}),
          Map.entry("embedding", new String[] {"deadline"}),
          Map.entry("store", new String[] {"deadline", "embedding", "prompt", "internal.store"}),
          Map.entry("policy", new String[] {"deadline", "store", "prompt", "embedding", "guard"}),
          Map.entry(
              "learning",
              new String[] {
                "deadline", "policy", "verify", "judge", "guard", "store", "prompt", "embedding"
              }),
          Map.entry(
              "verify",
              new String[] {
                "deadline",
                "policy",
                "guard",
                "internal.language",
                "chat",
                "embedding",
                "prompt",
                "internal.verify"
              }),
          Map.entry("guard", new String[] {"deadline", "internal.language"}),
          Map.entry("chat", new String[] {"deadline", "prompt"}),
          Map.entry(
              "judge", new String[] {"guard", "internal.language", "chat", "embedding", "prompt"}),
          Map.entry("stats", new String[] {"policy", "verify", "judge", "learning", "chat"}));

  /** The internal packages that not only the base package uses, each with all its users. */
  private static final Map<String, String[]> INTERNAL_PACKAGES =
      Map.of(
          "internal.language",
              new String[] {"guard", "judge", "verify", "internal.verify", "evaluation"},
          "internal.verify", new String[] {"verify", "evaluation"},
          "internal.decision", new String[] {"", "evaluation"},
          "internal.json", new String[] {"openai", "openai.proxy", "langchain4j"},
          "internal.migration", new String[] {"", "migration"},
          "internal.text",
              new String[] {"", "openai", "openai.proxy", "langchain4j", "internal.migration"},
          "internal.store", new String[] {"", "store", "redis", "lucene", "evaluation"});

  private static final String[] PORT_PACKAGES = packages(PORTS.keySet().toArray(String[]::new));

  /** Each third-party library with the only packages that may depend on it. */
  private static final Map<String, String[]> LIBRARIES =
      Map.ofEntries(
          Map.entry("redis.clients..", new String[] {"redis"}),
          Map.entry("com.github.benmanes.caffeine..", new String[] {"redis"}),
          Map.entry("org.apache.lucene..", new String[] {"lucene"}),
          Map.entry("com.openai..", new String[] {"openai", "openai.proxy"}),
          Map.entry("dev.langchain4j..", new String[] {"langchain4j", "spring"}),
          Map.entry("io.micrometer..", new String[] {"micrometer", "spring"}),
          Map.entry("org.springframework..", new String[] {"spring"}),
          Map.entry("org.apache.commons.statistics..", new String[] {"evaluation"}),
          Map.entry("com.fasterxml.jackson.dataformat..", new String[] {"evaluation"}),
          Map.entry("picocli..", new String[] {"cli"}));

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
        .and()
        .resideOutsideOfPackage(BASE + ".internal.json..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(concat(JDK_AND_NULLNESS, SLF4J, PORT_PACKAGES, packages("internal..")))
        .check(MAIN);
  }

  @Test
  void textComparisonAndBuildingBlocksOfStoresDependOnlyOnTheJdk() {
    for (String name : List.of("internal.language", "internal.store")) {
      classes()
          .that()
          .resideInAPackage(BASE + "." + name)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(concat(JDK_AND_NULLNESS, packages(name)))
          .check(MAIN);
    }
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
  void jsonPackageDependsOnlyOnTheJdkJacksonAndChat() {
    classes()
        .that()
        .resideInAPackage(BASE + ".internal.json..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(concat(JDK_AND_NULLNESS, JACKSON, packages("internal.json..", "chat")))
        .check(MAIN);
  }

  @Test
  void onlyTheBasePackageDependsOnOtherInternalPackages() {
    noClasses()
        .that()
        .resideOutsideOfPackages(concat(BASE_ONLY, packages("internal..")))
        .should()
        .dependOnClassesThat(
            resideInAPackage(BASE + ".internal..")
                .and(
                    resideOutsideOfPackages(
                        packages(INTERNAL_PACKAGES.keySet().toArray(String[]::new)))))
        .check(MAIN);
  }

  @Test
  void packageOfTheModelDependsOnlyOnTheGuards() {
    classes()
        .that()
        .resideInAPackage(BASE + ".internal.verify")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            concat(JDK_AND_NULLNESS, packages("guard", "internal.language", "internal.verify")))
        .check(MAIN);
  }

  @TestFactory
  Stream<DynamicTest> internalPackagesAreUsedOnlyByTheirDeclaredPackages() {
    return INTERNAL_PACKAGES.entrySet().stream()
        .map(
            internal ->
                DynamicTest.dynamicTest(
                    internal.getKey(),
                    () ->
                        noClasses()
                            .that()
                            .resideOutsideOfPackages(
                                concat(packages(internal.getKey()), packages(internal.getValue())))
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(BASE + "." + internal.getKey())
                            .check(MAIN)));
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
  void migrationDependsOnlyOnThePortsAndItsInternalPackage() {
    classes()
        .that()
        .resideInAPackage(BASE + ".migration")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            concat(
                JDK_AND_NULLNESS,
                packages("migration", "internal.migration", "store", "embedding")))
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
    return Stream.of(names)
        .map(name -> name.isEmpty() ? BASE : BASE + "." + name)
        .toArray(String[]::new);
  }

  private static String[] concat(String[]... parts) {
    return Stream.of(parts).flatMap(Stream::of).toArray(String[]::new);
  }
}
