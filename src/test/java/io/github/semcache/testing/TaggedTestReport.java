package io.github.semcache.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts the tests with a tag in the same way as Surefire, and writes how many ran, how many were
 * skipped, and why, to a file that is printed at the end of the build. JUnit finds the subclasses
 * through {@code META-INF/services}.
 */
abstract class TaggedTestReport implements TestExecutionListener {
  private final TestTag tag;
  private final String name;
  private final Path file;
  private int ran;
  private int failed;
  private final Map<String, Integer> skipped = new TreeMap<>();

  @SuppressWarnings("NullAway.Init") // set by JUnit first
  private TestPlan plan;

  /**
   * Creates a report.
   *
   * @param tag the tag of the tests
   * @param name what the tests need, for the first line of the report
   * @param file the file of the report
   */
  TaggedTestReport(String tag, String name, Path file) {
    this.tag = TestTag.create(tag);
    this.name = name;
    this.file = file;
  }

  /** Returns lines that describe what the tests ran with. */
  abstract List<String> descriptions();

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier identifier, String reason) {
    if (isTagged(identifier)) {
      skip(reason, countMethods(identifier));
    }
  }

  @Override
  public synchronized void executionFinished(
      TestIdentifier identifier, TestExecutionResult result) {
    if (!isTagged(identifier)) {
      return;
    }
    switch (result.getStatus()) {
      case SUCCESSFUL -> ran += identifier.isTest() ? 1 : 0;
      // A container fails if its @BeforeAll method fails; then its tests are not reported.
      case FAILED -> {
        ran++;
        failed++;
      }
      case ABORTED ->
          skip(
              result.getThrowable().map(Throwable::getMessage).orElse("aborted"),
              countMethods(identifier));
    }
  }

  private boolean isTagged(TestIdentifier identifier) {
    return identifier.getTags().contains(tag);
  }

  private void skip(String reason, int tests) {
    skipped.merge(reason, tests, Integer::sum);
  }

  /** Counts the test methods. A parameterized or repeated method counts once. */
  private int countMethods(TestIdentifier identifier) {
    return (int)
        Stream.concat(Stream.of(identifier), plan.getDescendants(identifier).stream())
            .filter(each -> each.getSource().filter(MethodSource.class::isInstance).isPresent())
            .filter(each -> plan.getParent(each).filter(TaggedTestReport::isMethod).isEmpty())
            .count();
  }

  private static boolean isMethod(TestIdentifier identifier) {
    return identifier.getSource().filter(MethodSource.class::isInstance).isPresent();
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan testPlan) {
    if (ran > 0 || !skipped.isEmpty()) {
      write(text(descriptions()));
    }
  }

  private String text(List<String> servers) {
    int skippedCount = skipped.values().stream().mapToInt(Integer::intValue).sum();
    Stream<String> count =
        Stream.of(
            "%s tests: %d ran, %d failed, %d skipped".formatted(name, ran, failed, skippedCount));
    Stream<String> reasons =
        skipped.entrySet().stream()
            .map(reason -> "Skipped %d: %s".formatted(reason.getValue(), reason.getKey()));
    return Stream.of(count, servers.stream(), reasons)
        .flatMap(lines -> lines)
        .collect(Collectors.joining(System.lineSeparator()));
  }

  private void write(String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
