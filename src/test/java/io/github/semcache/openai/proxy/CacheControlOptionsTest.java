package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.openai.client.OpenAIClient;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
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
    assertThat(chatRequests()).isZero();
  }
}
