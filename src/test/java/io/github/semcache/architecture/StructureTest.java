package io.github.semcache.architecture;

import static io.github.semcache.architecture.CompiledClasses.BASE;
import static io.github.semcache.architecture.CompiledClasses.MAIN;
import static io.github.semcache.architecture.CompiledClasses.packageOf;
import static io.github.semcache.architecture.CompiledClasses.topLevelName;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.github.semcache.SemanticCache;
import io.github.semcache.SemanticCacheBuilder;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Prints and bounds the counts that describe the structure of the code. */
class StructureTest {
  private static final int MAX_PACKAGE_CYCLES = 0;
  private static final int MAX_UPWARD_REFERENCES = 0;
  private static final int MAX_BASE_CLASSES = 22;
  private static final int MAX_PUBLIC_TYPES = 130;
  private static final int MAX_PUBLIC_TYPES_WITHOUT_INTERNAL = 65;

  /** The layers, lowest first. A class refers only to classes of its own and lower layers. */
  private static final List<Set<String>> LAYERS =
      List.of(
          Set.of(
              "deadline",
              "internal.language",
              "internal.concurrent",
              "internal.store",
              "internal.text"),
          Set.of("prompt", "embedding"),
          Set.of("guard", "chat", "store"),
          Set.of("policy", "judge", "redis", "lucene", "encryption", "internal.verify"),
          Set.of("verify"),
          Set.of("learning"),
          Set.of("stats", "internal.decision", "internal.chat"),
          Set.of("internal.entry", "internal.stats"),
          Set.of("internal.resilience"),
          Set.of("internal.learning"),
          Set.of("internal.migration"),
          Set.of("migration"),
          Set.of(""),
          Set.of("adapter", "internal.json"),
          Set.of("openai", "langchain4j", "micrometer"),
          Set.of("openai.proxy"),
          Set.of("spring"),
          Set.of("evaluation"),
          Set.of("cli.ui"),
          Set.of("cli"));

  private static final Map<String, Integer> LAYER_OF_PACKAGE =
      IntStream.range(0, LAYERS.size())
          .boxed()
          .flatMap(layer -> LAYERS.get(layer).stream().map(name -> Map.entry(name, layer)))
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

  private static final Set<String> FACADE =
      Set.of(SemanticCache.class.getName(), SemanticCacheBuilder.class.getName());

  @Test
  void everyPackageHasALayer() {
    assertThat(MAIN.stream().map(CompiledClasses::packageOf).distinct())
        .isSubsetOf(LAYER_OF_PACKAGE.keySet());
  }

  @Test
  void packageCyclesAreBounded() {
    List<String> cycles =
        CompiledClasses.packages()
            .should()
            .beFreeOfCycles()
            .evaluate(MAIN)
            .getFailureReport()
            .getDetails()
            .stream()
            .map(cycle -> cycle.substring(0, cycle.indexOf("  1. Dependencies")).strip())
            .toList();

    assertBound("package cycles", cycles, MAX_PACKAGE_CYCLES);
  }

  @Test
  void upwardReferencesAreBounded() {
    Set<String> references =
        MAIN.stream()
            .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
            .filter(StructureTest::isUpward)
            .map(
                reference ->
                    topLevelName(reference.getOriginClass())
                        + " -> "
                        + topLevelName(reference.getTargetClass()))
            .collect(Collectors.toSet());

    assertBound("upward references between classes", references, MAX_UPWARD_REFERENCES);
  }

  private static boolean isUpward(Dependency reference) {
    JavaClass target = reference.getTargetClass().getBaseComponentType();
    if (!target.getPackageName().startsWith(BASE)) {
      return false;
    }
    String from = packageOf(reference.getOriginClass());
    String to = packageOf(target);
    return from.equals(to)
        ? from.isEmpty()
            && FACADE.contains(topLevelName(target))
            && !FACADE.contains(topLevelName(reference.getOriginClass()))
        : layerOf(to) > layerOf(from);
  }

  private static int layerOf(String name) {
    return LAYER_OF_PACKAGE.getOrDefault(name, LAYERS.size());
  }

  @Test
  void classesOfTheBasePackageAreBounded() {
    assertBound(
        "top-level classes in the base package",
        topLevelClasses(type -> type.getPackageName().equals(BASE)).toList(),
        MAX_BASE_CLASSES);
  }

  @Test
  void publicTypesAreBounded() {
    List<String> all =
        topLevelClasses(
                type ->
                    type.getModifiers().contains(JavaModifier.PUBLIC)
                        && !Set.of("evaluation", "cli", "cli.ui").contains(packageOf(type)))
            .toList();

    assertBound("public types outside evaluation and cli", all, MAX_PUBLIC_TYPES);
    assertBound(
        "public types outside evaluation, cli and internal",
        all.stream().filter(name -> !name.startsWith(BASE + ".internal.")).toList(),
        MAX_PUBLIC_TYPES_WITHOUT_INTERNAL);
  }

  private static Stream<String> topLevelClasses(Predicate<JavaClass> condition) {
    return MAIN.stream()
        .filter(type -> type.isTopLevelClass() && !type.getSimpleName().equals("package-info"))
        .filter(condition)
        .map(JavaClass::getName)
        .sorted();
  }

  private static void assertBound(String count, Collection<String> found, int bound) {
    System.out.printf("structure: %d %s (at most %d)%n", found.size(), count, bound);
    assertThat(found).as(count).hasSizeLessThanOrEqualTo(bound);
  }
}
