package io.github.semcache.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports an invalid configuration at startup with its remedy instead of a stack trace. */
final class InvalidConfigurationAnalyzer
    extends AbstractFailureAnalyzer<InvalidConfigurationException> {

  @Override
  protected FailureAnalysis analyze(Throwable root, InvalidConfigurationException cause) {
    String description = cause.description();
    return new FailureAnalysis(
        description.endsWith(".") ? description : description + ".", cause.action(), root);
  }
}
