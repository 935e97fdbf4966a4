package io.github.semcache.internal.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.store.StoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class RedactedFailureTest {
  private static String stackTrace(Throwable failure) {
    StringWriter text = new StringWriter();
    RedactedFailure.of(failure).printStackTrace(new PrintWriter(text, true));
    return text.toString();
  }

  @Test
  void messagesOfOtherLibrariesAreOmitted() {
    IllegalStateException failure =
        new IllegalStateException("secret prompt", new NumberFormatException("secret answer"));
    failure.addSuppressed(new IllegalArgumentException("secret"));

    assertThat(stackTrace(failure))
        .startsWith("java.lang.IllegalStateException" + System.lineSeparator())
        .contains("Caused by: java.lang.NumberFormatException" + System.lineSeparator())
        .contains("RedactedFailureTest.messagesOfOtherLibrariesAreOmitted")
        .doesNotContain("secret");
  }

  @Test
  void messageOfTheLibraryIsCopied() {
    StoreException failure = new StoreException("Redis failed", new Exception("secret"));

    assertThat(stackTrace(failure))
        .startsWith("io.github.semcache.store.StoreException: Redis failed")
        .contains("Caused by: java.lang.Exception")
        .doesNotContain("secret");
  }

  @Test
  void messageThatTheApplicationGaveToAnExceptionOfTheLibraryIsOmitted() {
    StoreException failure = new StoreException("secret", null);
    failure.setStackTrace(
        new StackTraceElement[] {new StackTraceElement("com.example.Store", "find", "S.java", 1)});

    assertThat(stackTrace(failure)).contains("com.example.Store").doesNotContain("secret");
    failure.setStackTrace(new StackTraceElement[0]);
    assertThat(stackTrace(failure)).doesNotContain("secret");
  }

  @Test
  void cycleOfCausesEnds() {
    Exception first = new Exception("secret");
    Exception second = new Exception("secret", first);
    first.initCause(second);

    assertThat(stackTrace(first)).doesNotContain("secret");
  }
}
