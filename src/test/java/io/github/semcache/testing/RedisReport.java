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
 * Counts the tests that need Redis in the same way as Surefire, and writes how many ran, how many
 * were skipped, and why, to a file that is printed at the end of the build. JUnit finds this
 * listener through {@code META-INF/services}.
 */
public final class RedisReport implements TestExecutionListener {
  static final String TAG = "redis";
  private static final TestTag REDIS = TestTag.create(TAG);
  private static final Path FILE = Path.of("target", "redis-tests.txt");

  private final Path file;
  private int ran;
  private int failed;
  private final Map<String, Integer> skipped = new TreeMap<>();

  @SuppressWarnings("NullAway.Init") // set by JUnit first
  private TestPlan plan;

  /** Called by JUnit. */
  public RedisReport() {
    this(FILE);
  }

  RedisReport(Path file) {
    this.file = file;
  }

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier identifier, String reason) {
    if (needsRedis(identifier)) {
      skip(reason, countMethods(identifier));
    }
  }

  @Override
  public synchronized void executionFinished(
      TestIdentifier identifier, TestExecutionResult result) {
    if (!needsRedis(identifier)) {
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

  private static boolean needsRedis(TestIdentifier identifier) {
    return identifier.getTags().contains(REDIS);
  }

  private void skip(String reason, int tests) {
    skipped.merge(reason, tests, Integer::sum);
  }

  /** Counts the test methods. A parameterized or repeated method counts once. */
  private int countMethods(TestIdentifier identifier) {
    return (int)
        Stream.concat(Stream.of(identifier), plan.getDescendants(identifier).stream())
            .filter(each -> each.getSource().filter(MethodSource.class::isInstance).isPresent())
            .filter(each -> plan.getParent(each).filter(RedisReport::isMethod).isEmpty())
            .count();
  }

  private static boolean isMethod(TestIdentifier identifier) {
    return identifier.getSource().filter(MethodSource.class::isInstance).isPresent();
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan testPlan) {
    if (ran > 0 || !skipped.isEmpty()) {
      write(text(RedisServers.descriptions()));
    }
  }

  private String text(List<String> servers) {
    int skippedCount = skipped.values().stream().mapToInt(Integer::intValue).sum();
    Stream<String> count =
        Stream.of(
            "Redis tests: %d ran, %d failed, %d skipped".formatted(ran, failed, skippedCount));
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
