package io.github.semcache.chaos;

import io.github.semcache.testing.EnabledIfRedis;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Two scenarios of {@link ChaosIT} that run in every build. */
@EnabledIfRedis(EnabledIfRedis.Need.COMMAND)
class ChaosSmokeIT {
  @TestFactory
  Stream<DynamicTest> faultsFailNoRequest() {
    return ChaosIT.tests(new ChaosReport(), RedisScenarios.smoke());
  }
}
