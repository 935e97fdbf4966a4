package io.github.semcache.chaos;

import io.github.semcache.testing.EnabledIfRedis;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Two scenarios of {@link ChaosIT} that run in every build. */
@EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
class ChaosSmokeIT {
  /** Larger than that of {@link ChaosIT}, because other tests may run on the same machine. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  @TestFactory
  Stream<DynamicTest> faultsFailNoRequest() {
    return ChaosIT.tests(new ChaosReport(MARGIN), RedisScenarios.smoke());
  }
}
