package io.github.semcache.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs nested test classes and checks the report on them. */
class RedisReportTest {
  @TempDir Path directory;

  private String reportOn(Class<?> testClass) throws Exception {
    Path file = directory.resolve("report.txt");
    LauncherConfig config =
        LauncherConfig.builder()
            .enableTestExecutionListenerAutoRegistration(false)
            .addTestExecutionListeners(new RedisReport(file))
            .build();
    Launcher launcher = LauncherFactory.create(config);
    launcher.execute(
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(testClass))
            .filters(EngineFilter.includeEngines("junit-jupiter"))
            .build());
    return Files.exists(file) ? Files.readString(file).strip() : "";
  }

  @Test
  void eachMethodOfASkippedClassCountsOnce() throws Exception {
    assertThat(reportOn(Skipped.class))
        .contains("Redis tests: 0 ran, 0 failed, 3 skipped", "Skipped 3: for the report");
  }

  @Test
  void eachExecutedTestCounts() throws Exception {
    assertThat(reportOn(Mixed.class))
        .contains(
            "Redis tests: 5 ran, 1 failed, 2 skipped",
            "Skipped 1: of no use",
            "Skipped 1: Assumption failed: no luck");
  }

  @Test
  void failureOfBeforeAllIsReported() throws Exception {
    assertThat(reportOn(Broken.class)).contains("Redis tests: 1 ran, 1 failed, 0 skipped");
  }

  @Test
  void testsWithoutRedisAreNotReported() throws Exception {
    assertThat(reportOn(Plain.class)).isEmpty();
  }

  @Tag(RedisReport.TAG)
  @Disabled("for the report")
  static class Skipped {
    @Test
    void test() {}

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void withParameters(int number) {}

    @RepeatedTest(2)
    void repeated() {}
  }

  @Tag(RedisReport.TAG)
  static class Mixed {
    @Test
    void fails() {
      throw new AssertionError("for the report");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void withParameters(int number) {}

    @RepeatedTest(2)
    void repeated() {}

    @Disabled("of no use")
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void disabled(int number) {}

    @Test
    void aborted() {
      Assumptions.abort("Assumption failed: no luck");
    }
  }

  @Tag(RedisReport.TAG)
  static class Broken {
    @BeforeAll
    static void fail() {
      throw new AssertionError("for the report");
    }

    @Test
    void test() {}
  }

  static class Plain {
    @Test
    void test() {}
  }
}
