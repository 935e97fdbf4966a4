package io.github.semcache.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Counts the tests that need Redis, and writes how many ran, how many were skipped and why, for the
 * end of the build. Found by JUnit through {@code META-INF/services}.
 */
public final class RedisReport implements TestExecutionListener {
  static final String TAG = "redis";
  private static final TestTag REDIS = TestTag.create(TAG);
  private static final Path FILE = Path.of("target", "redis-tests.txt");

  private final AtomicInteger ran = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final Map<String, Integer> skipped = new LinkedHashMap<>();
  private @Nullable TestPlan plan;

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    plan = testPlan;
  }

  @Override
  public void executionSkipped(TestIdentifier identifier, String reason) {
    TestPlan current = plan;
    if (current == null || !identifier.getTags().contains(REDIS)) {
      return;
    }
    int tests =
        identifier.isTest()
            ? 1
            : (int)
                current.getDescendants(identifier).stream().filter(TestIdentifier::isTest).count();
    synchronized (skipped) {
      skipped.merge(reason, tests, Integer::sum);
    }
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    if (identifier.isTest() && identifier.getTags().contains(REDIS)) {
      ran.incrementAndGet();
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        failed.incrementAndGet();
      }
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan testPlan) {
    synchronized (skipped) {
      if (ran.get() + skipped.size() > 0) {
        write(text());
      }
    }
  }

  private String text() {
    int left = skipped.values().stream().mapToInt(Integer::intValue).sum();
    StringBuilder text = new StringBuilder();
    text.append(
        "Redis tests: %d ran, %d failed, %d skipped%n".formatted(ran.get(), failed.get(), left));
    text.append("Redis server: %s%n".formatted(RedisServers.description()));
    text.append("Redis cluster: %s%n".formatted(RedisServers.clusterDescription()));
    skipped.forEach((reason, tests) -> text.append("Skipped %d: %s%n".formatted(tests, reason)));
    return text.toString();
  }

  private static void write(String text) {
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
