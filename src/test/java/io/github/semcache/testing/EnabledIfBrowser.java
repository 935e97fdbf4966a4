package io.github.semcache.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Enables a test class if chromedriver and Chromium or Chrome are installed. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag(BrowserReport.TAG)
@ExtendWith(EnabledIfBrowser.Condition.class)
public @interface EnabledIfBrowser {

  /** Skips the class if there is no browser. */
  final class Condition implements ExecutionCondition {
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
      return Browser.driver().isPresent() && Browser.binary().isPresent()
          ? ConditionEvaluationResult.enabled("a browser is installed")
          : ConditionEvaluationResult.disabled(
              "no browser: install chromium and chromedriver (Debian: chromium, chromium-driver)");
    }
  }
}
