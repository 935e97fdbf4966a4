package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests of {@code put}, {@code invalidate}, {@code clear}, and {@code close}. */
class PutAndInvalidateTest extends CacheFixture {
  @Test
  void answerStoredWithPutIsServedUntilItExpires() {
    cache.put(Prompt.of(PARIS), "Paris");
    cache.put(Prompt.of(PYTHON), "[::-1]", Duration.ofMinutes(1));

    assertThat(cache.ask(PARIS_PARAPHRASE).text()).isEqualTo("Paris");
    time.advance(Duration.ofMinutes(1));
    assertThat(cache.lookup(Prompt.of(PYTHON))).isEmpty();
  }

  @Test
  void invalidatedAnswerIsNotServed() {
    cache.ask(PARIS);

    assertThat(cache.invalidate(Prompt.of(PARIS_PARAPHRASE))).isFalse();
    assertThat(cache.invalidate(Prompt.of(PARIS))).isTrue();
    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
    assertThat(cache.lookup(Prompt.of(PARIS_PARAPHRASE))).isEmpty();
  }

  @Test
  void invalidatingAScopeRemovesItsAnswersOnly() {
    Prompt acme = Prompt.of(PARIS).tag("tenant", "acme");
    Prompt other = Prompt.of(PARIS).tag("tenant", "other");
    cache.ask(acme);
    cache.ask(other);

    assertThat(cache.invalidate(Scope.of("tenant", "acme"))).isEqualTo(1);
    assertThat(cache.lookup(acme)).isEmpty();
    assertThat(cache.lookup(other)).isPresent();
  }

  @Test
  void clearRemovesTheAnswersOfAllScopes() {
    cache.ask(PARIS);
    cache.ask(Prompt.of(PYTHON).tag("tenant", "acme"));

    assertThat(cache.clear()).isEqualTo(2);
    assertThat(cache.lookup(Prompt.of(PARIS))).isEmpty();
  }

  @Test
  void closedCacheRejectsCallsAndStillReturnsStatistics() {
    cache.ask(PARIS);
    cache.close();
    cache.close();

    assertThatThrownBy(() -> cache.ask(PARIS)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cache.lookup(Prompt.of(PARIS)))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(cache::clear).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> cache.askAsync(Prompt.of(PARIS)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the cache is closed");
    assertThat(cache.stats().requests()).isEqualTo(1);
  }
}
