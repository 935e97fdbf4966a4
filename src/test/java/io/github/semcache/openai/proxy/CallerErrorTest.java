package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallerErrorTest {
  @Test
  void timeoutOfTheCallerIsFoundInTheCauses() {
    assertThat(CallerError.matches(new IOException(new InterruptedIOException()))).isTrue();
    assertThat(CallerError.matches(new IOException("reset"))).isFalse();
  }

  @Test
  void searchEndsInCausesWithACycle() {
    IOException outer = new IOException("outer");
    outer.initCause(new IOException("inner", outer));

    assertThat(CallerError.matches(outer)).isFalse();
  }
}
