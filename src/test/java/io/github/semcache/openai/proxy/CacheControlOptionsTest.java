package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.HttpResponseFor;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.prompt.Labels;
import io.github.semcache.store.EntrySelector;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The options of {@link CacheControl} for single calls and for clients. */
final class CacheControlOptionsTest extends CachedClientTest {
  @Test
  void modeTagAndLimitsApplyToASingleCall() {
    server.answer(PARIS, "one");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("one");
    server.answer(PARIS, "two");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("one");
    assertThat(text(ask(CacheControl.bypass()))).isEqualTo("two");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("one");
    assertThat(text(ask(CacheControl.refresh()))).isEqualTo("two");
    server.answer(PARIS, "three");
    assertThat(text(ask(CacheControl.use()))).isEqualTo("two");
    assertThat(text(ask(CacheControl.use().tag("ten ant", "ä=c&me")))).isEqualTo("three");
    time.advance(Duration.ofMinutes(2));
    assertThat(text(ask(CacheControl.use().maxAge(Duration.ofMinutes(1))))).isEqualTo("three");
    create(client, PARIS_AGAIN);
    int before = chatRequests();
    client
        .chat()
        .completions()
        .create(CacheControl.use().maxDistance(0.01).tag("a", "b").on(asking(PARIS_AGAIN)));
    assertThat(chatRequests()).isEqualTo(before + 1);
    assertThat(server.requests(CHAT))
        .allSatisfy(
            request ->
                assertThat(request.headers().keySet())
                    .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-semcache")));
  }

  private ChatCompletion ask(CacheControl control) {
    return client.chat().completions().create(control.on(asking(PARIS)));
  }

  @Test
  void entryExpiresAfterTheTimeToLiveOfItsCall() {
    ask(CacheControl.use().timeToLive(Duration.ofMinutes(1)));
    ask(CacheControl.use());
    assertThat(chatRequests()).isEqualTo(1);
    time.advance(Duration.ofMinutes(2));
    ask(CacheControl.use());
    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void headersOfAClientApplyToAllOfItsCalls() {
    OpenAIClient acme =
        client.withOptions(
            o -> o.putAllHeaders(CacheControl.use().tag("tenant", "acme").headers()));
    OpenAIClient other =
        client.withOptions(o -> o.putAllHeaders(CacheControl.use().tag("tenant", "o").headers()));

    create(acme, PARIS);
    create(acme, PARIS);
    create(other, PARIS);

    assertThat(chatRequests()).isEqualTo(2);
  }

  @Test
  void invalidHeaderFailsTheCall() {
    for (String header :
        List.of(
            "Mode",
            "Tag-a",
            "Tag",
            "Depends-On-a",
            "Label-a",
            "Label-",
            "Number-a",
            "Where",
            "Time-To-Live",
            "Max-Distance",
            "Max-Age",
            "Max-Wait",
            "Quiet",
            "Bypas")) {
      ChatCompletionCreateParams params =
          asking(PARIS).toBuilder()
              .putAdditionalHeader("X-Semcache-" + header, "%invalid%")
              .build();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> client.chat().completions().create(params))
          .withMessageContaining("X-Semcache-" + header);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> CacheControl.use().maxDistance(3));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheControl.use().maxAge(Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CacheControl.use().maxWait(Duration.ofSeconds(-1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CacheControl.use().timeToLive(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> CacheControl.use().label(" ", "x"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CacheControl.use().label("a", "x".repeat(257)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CacheControl.use().label("a", Double.NaN));
    assertThat(chatRequests()).isZero();
  }

  @Test
  @SuppressWarnings("deprecation") // unknown fields are internal to openai-java
  void labelsAreStoredAndReturnedWithHitsAndSelectThem() {
    CacheControl labeled =
        CacheControl.use().label("Tópic x", "50 % = “half”").label("price", 12.5);
    create(client, PARIS, labeled);

    ChatCompletion hit = create(client, PARIS_AGAIN, CacheControl.use());
    JsonNode mark =
        hit._additionalProperties()
            .getOrDefault(CacheControl.HIT, JsonValue.from(false))
            .convert(JsonNode.class);
    assertThat(mark).isNotNull();
    assertThat(mark.at("/labels/Tópic x").textValue()).isEqualTo("50 % = “half”");
    assertThat(mark.at("/labels/price").doubleValue()).isEqualTo(12.5);
    Labels.Filter met =
        Labels.Filter.anyOf("Tópic x", "50 % = “half”").and(Labels.Filter.range("price", 10, 20));
    try (HttpResponseFor<ChatCompletion> raw =
        client
            .chat()
            .completions()
            .withRawResponse()
            .create(CacheControl.use().where(met).on(asking(PARIS_AGAIN)))) {
      CacheControl returned = CacheControl.use().label("Tópic x", "50 % = “half”");
      String name = returned.headers().names().iterator().next();
      assertThat(raw.headers().values(name)).isEqualTo(returned.headers().values(name));
      assertThat(raw.headers().values(CacheControl.NUMBER_PREFIX + "price"))
          .containsExactly("12.5");
    }
    assertThat(chatRequests()).isEqualTo(1);

    create(client, PARIS, CacheControl.use().where(Labels.Filter.range("price", 13, 20)));
    assertThat(chatRequests()).isEqualTo(2);
    assertThat(cache.stats().writes()).isEqualTo(1);
  }

  private static ChatCompletion create(OpenAIClient client, String question, CacheControl control) {
    return client.chat().completions().create(control.on(asking(question)));
  }

  @Test
  void dependenciesOfAClientAndOfACallInvalidateAnswers() {
    OpenAIClient dependent =
        client.withOptions(
            o -> o.putAllHeaders(CacheControl.use().dependsOn("Price list").headers()));
    CacheControl ofDocs = CacheControl.use().dependsOn("docs");
    create(dependent, PARIS, ofDocs);
    create(dependent, PARIS_AGAIN, ofDocs);
    assertThat(chatRequests()).isEqualTo(1);
    assertThat(cache.countDependents("docs")).isEqualTo(1);
    assertThat(cache.countDependents("Price list")).isEqualTo(1);

    cache.invalidateDependents("Price list");
    create(dependent, PARIS_AGAIN, ofDocs);
    assertThat(chatRequests()).isEqualTo(2);
    cache.invalidateDependents("docs");
    create(dependent, PARIS_AGAIN, ofDocs);
    assertThat(chatRequests()).isEqualTo(3);
    create(dependent, PARIS_AGAIN, ofDocs);
    assertThat(chatRequests()).isEqualTo(3);
  }

  @Test
  void numberReplacesATextOfTheSameName() {
    OpenAIClient ofText =
        client.withOptions(
            o -> o.putAllHeaders(CacheControl.use().label("price", "low").headers()));
    create(ofText, PARIS, CacheControl.use().label("price", 3));

    assertThat(cache.count(EntrySelector.labels(Labels.Filter.range("price", 3, 3)))).isEqualTo(1);
    assertThat(cache.count(EntrySelector.labels(Labels.Filter.anyOf("price", "low")))).isZero();
  }
}
