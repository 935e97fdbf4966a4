package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.CHAT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.openai.client.OpenAIClient;
import com.openai.core.http.Headers;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests the encoding of the headers of clients and calls, and their combination. */
final class CacheControlTest extends CachedClientTest {
  private static ChatCompletionCreateParams asking() {
    return asking(PARIS);
  }

  private OpenAIClient with(CacheControl control) {
    return client.withOptions(options -> options.putAllHeaders(control.headers()));
  }

  private int requestsAfter(OpenAIClient client, ChatCompletionCreateParams params) {
    client.chat().completions().create(params);
    return server.requests(CHAT).size();
  }

  @Test
  void tagsOfACallAreAddedToThoseOfItsClient() {
    OpenAIClient acme = with(CacheControl.use().tag("tenant", "acme"));
    OpenAIClient other = with(CacheControl.use().tag("tenant", "other"));
    ChatCompletionCreateParams german = CacheControl.use().tag("locale", "de").on(asking());

    assertThat(requestsAfter(acme, german)).isEqualTo(1);
    assertThat(requestsAfter(other, german)).isEqualTo(2);
    assertThat(requestsAfter(acme, german)).isEqualTo(2);
    assertThat(requestsAfter(acme, asking())).isEqualTo(3);
  }

  @Test
  void controlsOfOneCallAreCombined() {
    ChatCompletionCreateParams both =
        CacheControl.use()
            .tag("locale", "de")
            .on(
                CacheControl.use()
                    .tag("tenant", "acme")
                    .timeToLive(Duration.ofHours(1))
                    .on(asking()));

    assertThat(requestsAfter(client, both)).isEqualTo(1);
    assertThat(requestsAfter(client, CacheControl.use().tag("locale", "de").on(asking())))
        .isEqualTo(2);
    assertThat(
            requestsAfter(
                client, CacheControl.use().tag("tenant", "acme").tag("locale", "de").on(asking())))
        .isEqualTo(2);
  }

  @Test
  void modeOfAClientAppliesIfACallDoesNotSetIt() {
    OpenAIClient bypassing = with(CacheControl.bypass());
    ChatCompletionCreateParams tagged = CacheControl.use().tag("locale", "de").on(asking());

    assertThat(requestsAfter(bypassing, tagged)).isEqualTo(1);
    assertThat(requestsAfter(bypassing, tagged)).isEqualTo(2);
    assertThat(cache.stats().writes()).isZero();
  }

  @Property
  void anyTagSurvivesEncodingAndDecoding(Values values) {
    String name = values.wellFormedString();
    String value = values.wellFormedString();
    Headers headers = CacheControl.use().tag(name, value).tag(name + "x", "other").headers();
    Prompt expected = Prompt.of(PARIS).tag(name, value).tag(name + "x", "other");

    assertThat(ControlHeaders.apply(headers, Prompt.of(PARIS)).scope()).isEqualTo(expected.scope());
  }

  @Test
  void namesOfTagsAreCaseSensitive() {
    Headers headers = CacheControl.use().tag("Tenant", "a").tag("tenant", "b").headers();

    assertThat(ControlHeaders.apply(headers, Prompt.of(PARIS)).scope())
        .isEqualTo(Prompt.of(PARIS).tag("Tenant", "a").tag("tenant", "b").scope());
  }

  @Property
  void anyContributorSurvivesEncodingAndDecoding(Values values) {
    String id = "a" + values.wellFormedString();
    Headers headers = CacheControl.use().contributor(id).headers();

    assertThat(ControlHeaders.apply(headers, Prompt.of(PARIS)))
        .isEqualTo(Prompt.of(PARIS).contributor(id));
  }

  @Test
  void blankContributorIsRejected() {
    assertThatIllegalArgumentException().isThrownBy(() -> CacheControl.use().contributor(" "));
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ControlHeaders.apply(
                    Headers.builder().put("X-Semcache-Contributor", "%20").build(),
                    Prompt.of(PARIS)))
        .withMessageContaining("X-Semcache-Contributor");
  }

  @Test
  void namesOfHeadersAreCaseInsensitive() {
    Headers headers = Headers.builder().put("x-semcache-TAG-Tenant", "%C3%A4").build();

    assertThat(ControlHeaders.apply(headers, Prompt.of(PARIS)).scope())
        .isEqualTo(Prompt.of(PARIS).tag("tenant", "ä").scope());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                ControlHeaders.apply(
                    Headers.builder().put("X-Semcache-Tag-a", "%zz").build(), Prompt.of(PARIS)))
        .withMessageContaining("X-Semcache-Tag-a");
  }
}
