package io.github.semcache.chaos;

import io.github.semcache.testing.EnabledIfRedis;
import io.github.semcache.testing.RedisServers;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Asks a cache with eight threads while its servers, its disk, its clock, and its parts fail. Run
 * with {@code mvn -Pchaos verify}.
 */
@Tag("chaos")
class ChaosIT {
  private static final ChaosReport REPORT = new ChaosReport(Duration.ofMillis(250));
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @AfterAll
  static void print() throws IOException {
    REPORT.print();
  }

  @TestFactory
  @EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
  Stream<DynamicTest> faultsOfRedisFailNoRequest() {
    return tests(REPORT, RedisScenarios.all());
  }

  @TestFactory
  @EnabledIfRedis(EnabledIfRedis.Need.CLUSTER)
  Stream<DynamicTest> faultsOfAClusterFailNoRequest() {
    Assumptions.assumeTrue(
        RedisServers.canStartClusterNodes(),
        "no command on the PATH starts the nodes of a cluster");
    return tests(REPORT, RedisScenarios.cluster());
  }

  @TestFactory
  Stream<DynamicTest> faultsInTheProcessFailNoRequest() {
    return tests(REPORT, EmbeddedScenarios.all());
  }

  @Test
  void fullDiskFailsNoRequest() throws Exception {
    try (EmbeddedScenarios.SmallDisk disk = mount()) {
      REPORT.add(disk.fullDisk().run());
    }
  }

  private static EmbeddedScenarios.SmallDisk mount() {
    try {
      return EmbeddedScenarios.SmallDisk.mount();
    } catch (IOException e) {
      REPORT.addSkipped("embedded: disk full", String.valueOf(e.getMessage()));
      return Assumptions.abort("no small disk: " + e.getMessage());
    }
  }

  static Stream<DynamicTest> tests(ChaosReport report, Stream<Scenario<?>> scenarios) {
    String only = System.getProperty("semcache.chaos.only", "");
    return scenarios
        .filter(scenario -> scenario.toString().contains(only))
        .map(
            scenario ->
                DynamicTest.dynamicTest(
                    scenario.toString(),
                    () ->
                        Assertions.assertTimeoutPreemptively(
                            LIMIT, () -> report.add(scenario.run()))));
  }
}
