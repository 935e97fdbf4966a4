package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.chat.ChatReply;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.prompt.Scope;
import io.github.semcache.testkit.FakeChatClient;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests of lookups, writes, and removals of answers of another model than the cache's own. */
class PerCallModelTest {
  private static final Scope TENANT = Scope.of("tenant", "a");
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?").scope(TENANT);
  private static final Map<String, String> SETTINGS = Map.of("model", "other");
  private static final Scope OTHER_SCOPE = TENANT.settings(SETTINGS);
  private static final Prompt OTHER_PROMPT = PROMPT.scope(OTHER_SCOPE);

  private final FakeChatClient own = new FakeChatClient();
  private final FakeChatClient other = new FakeChatClient().setting("model", "other");
  private final SemanticCache cache =
      SemanticCache.builder().embedder(new FakeEmbedder()).chatClient(own).build();

  @AfterEach
  void closeCache() {
    cache.close();
  }

  @Test
  void answerIsFoundAndExplainedWithTheSettingsInTheScope() {
    Answer asked = cache.ask(PROMPT, other);

    assertThat(cache.lookup(OTHER_PROMPT)).map(Answer::text).contains(asked.text());
    assertThat(cache.explain(OTHER_PROMPT).exact()).isPresent();
    assertThat(cache.lookup(PROMPT)).isEmpty();
    assertThat(asked.query().scope()).isEqualTo(OTHER_SCOPE);
  }

  @Test
  void answerIsInvalidatedWithTheSettingsInTheScope() {
    cache.ask(PROMPT, other);

    assertThat(cache.invalidate(PROMPT)).isFalse();
    assertThat(cache.invalidate(OTHER_PROMPT)).isTrue();

    cache.ask(PROMPT, other);
    assertThat(other.calls()).isEqualTo(2);
  }

  @Test
  void scopeIsInvalidatedOneModelAtATime() {
    Answer asked = cache.ask(PROMPT, other);
    cache.ask(PROMPT);

    assertThat(cache.invalidate(asked.query().scope())).isEqualTo(1);
    assertThat(cache.lookup(OTHER_PROMPT)).isEmpty();
    assertThat(cache.lookup(PROMPT)).isPresent();
    assertThat(cache.invalidate(TENANT)).isEqualTo(1);
  }

  @Test
  void answerStoredWithSettingsIsServedToThatModelOnly() {
    cache.put(OTHER_PROMPT, "Paris");

    assertThat(cache.ask(PROMPT, other).text()).isEqualTo("Paris");
    assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void answerOfACallBegunWithSettingsIsInvalidated() {
    CacheCall.Lead lead = (CacheCall.Lead) cache.begin(PROMPT, SETTINGS);
    lead.complete(ChatReply.of("Paris"));

    assertThat(cache.invalidate(OTHER_SCOPE)).isEqualTo(1);
  }

  @Test
  void settingsOfTheModelReplaceThoseOfTheScope() {
    cache.ask(OTHER_PROMPT);

    assertThat(own.calls()).isEqualTo(1);
    assertThat(cache.lookup(PROMPT)).isPresent();
    assertThat(cache.lookup(OTHER_PROMPT)).isEmpty();
  }
}
