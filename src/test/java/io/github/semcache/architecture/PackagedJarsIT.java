package io.github.semcache.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;

/** The contents of the jars that are published. */
class PackagedJarsIT {
  private static final String LIBRARY = System.getProperty("semcache.library.jar");
  private static final String TESTKIT = LIBRARY.replaceAll("\\.jar$", "-testkit.jar");

  private static List<String> entries(String file) throws IOException {
    try (JarFile jar = new JarFile(file)) {
      return jar.stream().map(ZipEntry::getName).toList();
    }
  }

  @Test
  void libraryContainsItsLicenseAndOnlyItsOwnClasses() throws IOException {
    assertThat(entries(LIBRARY))
        .contains("META-INF/LICENSE")
        .noneMatch(name -> name.startsWith("io/github/semcache/demo"))
        .filteredOn(name -> name.endsWith(".class"))
        .isNotEmpty()
        .allMatch(name -> name.startsWith("io/github/semcache/"));
  }

  @Test
  void testkitContainsOnlyItsPackage() throws IOException {
    assertThat(entries(TESTKIT))
        .filteredOn(name -> !name.endsWith("/") && !name.startsWith("META-INF/"))
        .isNotEmpty()
        .allMatch(name -> name.startsWith("io/github/semcache/testkit/"));
  }
}
