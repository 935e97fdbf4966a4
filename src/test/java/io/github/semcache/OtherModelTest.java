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

/** Answers of another model than the cache's own can be found, kept and removed as well. */
class OtherModelTest {
  private static final Scope TENANT = Scope.of("tenant", "a");
  private static final Prompt PROMPT = Prompt.of("What is the capital of France?").scope(TENANT);
  private static final Map<String, String> SETTINGS = Map.of("model", "other");
  private static final Scope OTHERS_SCOPE = TENANT.settings(SETTINGS);
  private static final Prompt TO_OTHER = PROMPT.scope(OTHERS_SCOPE);

  private final FakeChatClient own = new FakeChatClient();
  private final FakeChatClient other = new FakeChatClient().setting("model", "other");
  private final SemanticCache cache =
      SemanticCache.builder().embedder(new FakeEmbedder()).chatClient(own).build();

  @AfterEach
  void closeCache() {
    cache.close();
  }

  @Test
  void answerIsFoundAndExplained() {
    Answer asked = cache.ask(PROMPT, other);

    assertThat(cache.lookup(TO_OTHER)).map(Answer::text).contains(asked.text());
    assertThat(cache.explain(TO_OTHER).exact()).isPresent();
    assertThat(cache.lookup(PROMPT)).isEmpty();
    assertThat(asked.query().scope()).isEqualTo(OTHERS_SCOPE);
  }

  @Test
  void answerIsInvalidated() {
    cache.ask(PROMPT, other);

    assertThat(cache.invalidate(PROMPT)).isFalse();
    assertThat(cache.invalidate(TO_OTHER)).isTrue();

    cache.ask(PROMPT, other);
    assertThat(other.calls()).isEqualTo(2);
  }

  @Test
  void scopeIsInvalidatedOneModelAtATime() {
    Answer asked = cache.ask(PROMPT, other);
    cache.ask(PROMPT);

    assertThat(cache.invalidate(asked.query().scope())).isEqualTo(1);
    assertThat(cache.lookup(TO_OTHER)).isEmpty();
    assertThat(cache.lookup(PROMPT)).isPresent();
    assertThat(cache.invalidate(TENANT)).isEqualTo(1);
  }

  @Test
  void answerThatIsPutIsServedToTheOtherModelsPrompts() {
    cache.put(TO_OTHER, "Paris");

    assertThat(cache.ask(PROMPT, other).text()).isEqualTo("Paris");
    assertThat(cache.ask(PROMPT).source()).isEqualTo(Answer.Source.MODEL);
  }

  @Test
  void answerOfACallThatBeganWithSettingsIsInvalidated() {
    CacheCall.Lead lead = (CacheCall.Lead) cache.begin(PROMPT, SETTINGS);
    lead.complete(ChatReply.of("Paris"));

    assertThat(cache.invalidate(OTHERS_SCOPE)).isEqualTo(1);
  }

  @Test
  void modelThatIsAskedSettlesTheSettings() {
    cache.ask(TO_OTHER);

    assertThat(own.calls()).isEqualTo(1);
    assertThat(cache.lookup(PROMPT)).isPresent();
    assertThat(cache.lookup(TO_OTHER)).isEmpty();
  }
}
