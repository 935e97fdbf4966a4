package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.store.InMemoryVectorStore;
import org.junit.jupiter.api.Test;

/** Tests what closing a cache does to its store and to running calls. */
class CacheCloseTest extends FaultyCacheFixture {
  @Test
  void modelAnswerIsReturnedIfTheCacheIsClosedDuringTheCall() {
    SemanticCache owner = builder().ownedStore(store).build();
    chat.replying(
        prompt -> {
          owner.close();
          return ChatReply.of("answer after close");
        });

    Answer answer = owner.ask(PROMPT);

    assertThat(answer.text()).isEqualTo("answer after close");
    assertThat(answer.entryId()).isEmpty();
    assertThat(owner.stats().storeErrors()).isEqualTo(1);
  }

  @Test
  void storePassedWithStoreIsNotClosed() {
    cache.close();

    assertThat(store.isClosed()).isFalse();
    assertThatCode(cache::close).doesNotThrowAnyException();
  }

  @Test
  void closingOneOfTwoCachesLeavesTheirSharedStoreOpen() {
    SemanticCacheBuilder builder = builder();
    SemanticCache one = builder.build();
    SemanticCache other = builder.build();
    one.ask(PROMPT);

    one.close();

    assertThat(other.ask(PROMPT).source()).isEqualTo(Answer.Source.EXACT);
    other.close();
  }

  @Test
  void ownedStoreIsClosedWithTheCache() {
    SemanticCache owner = builder().ownedStore(store).build();

    owner.close();
    assertThat(store.isClosed()).isTrue();
  }

  @Test
  void builderWithAnOwnedStoreBuildsOneCache() {
    SemanticCacheBuilder builder = builder().ownedStore(store);
    SemanticCache owner = builder.build();

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ownedStore belongs to the cache that was built before");
    owner.close();
    assertThatThrownBy(builder::build).isInstanceOf(IllegalStateException.class);
    builder.ownedStore(InMemoryVectorStore.of(embedder)).build().close();
  }
}
