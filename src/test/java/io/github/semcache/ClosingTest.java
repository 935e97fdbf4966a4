package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.semcache.chat.ChatReply;
import org.junit.jupiter.api.Test;

/** What closing a cache does to its store, and to calls under way. */
class ClosingTest extends FaultyCacheFixture {
  @Test
  void cacheClosedDuringACallLeavesTheModelsAnswer() {
    chat.replying(
        prompt -> {
          cache.close();
          return ChatReply.of("last words");
        });

    Answer answer = cache.ask(PROMPT);

    assertThat(answer.text()).isEqualTo("last words");
    assertThat(answer.entryId()).isEmpty();
    assertThat(cache.stats().storeErrors()).isEqualTo(1);
  }

  @Test
  void closingTheCacheClosesTheStore() {
    cache.close();

    assertThat(store.isClosed()).isTrue();
    assertThatCode(cache::close).doesNotThrowAnyException();
  }

  @Test
  void storeIsClosedWithTheLastCacheOfItsBuilder() {
    SemanticCacheBuilder builder = builder();
    SemanticCache one = builder.build();
    SemanticCache other = builder.build();

    one.close();
    one.close();

    assertThat(store.isClosed()).isFalse();
    other.ask(PROMPT);
    assertThat(other.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    other.close();
    assertThat(store.isClosed()).isTrue();
  }
}
