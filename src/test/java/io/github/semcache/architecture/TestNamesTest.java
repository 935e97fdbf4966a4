package io.github.semcache.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static io.github.semcache.architecture.CompiledClasses.TESTS;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;

/** Surefire and Failsafe find test classes by name; a test class with another name never runs. */
class TestNamesTest {

  @Test
  void everyTestClassHasANameThatTheBuildPicksUp() {
    classes()
        .that(containTests())
        .should()
        .haveNameMatching(".*(Test|IT)(\\$.*)?")
        .because("the build runs only these")
        .check(TESTS);
  }

  private static DescribedPredicate<JavaClass> containTests() {
    return DescribedPredicate.describe(
        "are concrete and declare or inherit test methods",
        type ->
            !type.getModifiers().contains(JavaModifier.ABSTRACT)
                && type.getAllMethods().stream()
                    .anyMatch(
                        method ->
                            method.isAnnotatedWith(Testable.class)
                                || method.isMetaAnnotatedWith(Testable.class)));
  }
}
