package io.github.semcache.testing;

import static org.junit.platform.commons.support.AnnotationSupport.findAnnotation;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Skips what needs a Redis that is not there. */
final class RedisCondition implements ExecutionCondition {
  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return findAnnotation(context.getElement(), EnabledIfRedis.class)
        .flatMap(annotation -> whyNot(annotation.value()))
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("Redis is there"));
  }

  private static Optional<String> whyNot(EnabledIfRedis.Need need) {
    return switch (need) {
      case ANY -> RedisServers.whyNone();
      case OURS -> RedisServers.whyNotOurs();
      case COMMAND -> RedisServers.whyNoCommand();
      case CLUSTER -> RedisServers.whyNoCluster();
    };
  }
}
