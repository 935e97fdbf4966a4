package io.github.semcache.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import com.tngtech.archunit.library.dependencies.syntax.GivenSlices;
import io.github.semcache.SemanticCache;
import java.util.List;

/** The compiled classes of this project, imported once for all architecture tests. */
final class CompiledClasses {
  static final String BASE = "io.github.semcache";
  static final JavaClasses MAIN = importDirectoryOf(SemanticCache.class);
  static final JavaClasses TESTS = importDirectoryOf(CompiledClasses.class);

  private CompiledClasses() {}

  private static JavaClasses importDirectoryOf(Class<?> type) {
    return new ClassFileImporter()
        .importLocations(
            List.of(Location.of(type.getProtectionDomain().getCodeSource().getLocation())));
  }

  /** Returns the package relative to the base package: empty for the base package itself. */
  static String packageOf(JavaClass type) {
    String name = type.getPackageName();
    return name.equals(BASE) ? "" : name.substring(BASE.length() + 1);
  }

  /** Returns the name of the top-level class that contains a class, or that is the class. */
  static String topLevelName(JavaClass type) {
    String name = type.getBaseComponentType().getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }

  /** Returns the packages as slices: the base package and every subpackage at any depth. */
  static GivenSlices packages() {
    return SlicesRuleDefinition.slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return type.getPackageName().startsWith(BASE)
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "packages";
              }
            });
  }
}
