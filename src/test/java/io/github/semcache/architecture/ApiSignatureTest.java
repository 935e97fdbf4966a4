package io.github.semcache.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static io.github.semcache.architecture.CompiledClasses.BASE;
import static io.github.semcache.architecture.CompiledClasses.MAIN;
import static io.github.semcache.architecture.CompiledClasses.packageOf;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests that users can implement and call the API with types of the API. */
class ApiSignatureTest {
  private static final Set<String> NO_API = Set.of("internal", "evaluation", "cli");

  @Test
  void signaturesHaveNoInternalTypes() {
    codeUnits().that(areAccessibleToUsers()).should(haveNoInternalType()).check(MAIN);
  }

  private static DescribedPredicate<JavaCodeUnit> areAccessibleToUsers() {
    return DescribedPredicate.describe(
        "are accessible to users",
        unit ->
            !NO_API.contains(packageOf(unit.getOwner()).split("\\.", 2)[0])
                && isAccessible(unit.getModifiers())
                && withEnclosingClasses(unit.getOwner())
                    .allMatch(owner -> isAccessible(owner.getModifiers())));
  }

  private static Stream<JavaClass> withEnclosingClasses(JavaClass type) {
    return Stream.iterate(
            Optional.of(type),
            Optional::isPresent,
            inner -> inner.flatMap(JavaClass::getEnclosingClass))
        .flatMap(Optional::stream);
  }

  private static boolean isAccessible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static ArchCondition<JavaCodeUnit> haveNoInternalType() {
    return new ArchCondition<>("have no internal type in their signature") {
      @Override
      public void check(JavaCodeUnit unit, ConditionEvents events) {
        Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
            .flatMap(type -> type.getAllInvolvedRawTypes().stream())
            .filter(type -> type.getPackageName().startsWith(BASE + ".internal"))
            .forEach(
                type ->
                    events.add(
                        SimpleConditionEvent.violated(
                            unit, unit.getFullName() + " has the type " + type.getName())));
      }
    };
  }
}
