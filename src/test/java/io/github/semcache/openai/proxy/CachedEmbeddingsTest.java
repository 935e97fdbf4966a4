package io.github.semcache.openai.proxy;

import static io.github.semcache.openai.FakeOpenAiServer.EMBEDDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.OpenAIInvalidDataException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.github.semcache.SemanticCache;
import io.github.semcache.openai.FakeOpenAiServer;
import io.github.semcache.openai.FakeReply;
import io.github.semcache.testkit.FakeEmbedder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Embeddings through a wrapped client that caches them. */
@Timeout(60)
final class CachedEmbeddingsTest {
  private final FakeOpenAiServer server = FakeOpenAiServer.start();
  private final OpenAIClient plain = server.client();
  private final SemanticCache cache = SemanticCache.builder().embedder(new FakeEmbedder()).build();
  private final OpenAIClient client = CachedOpenAi.builder(cache).embeddings(3).build().wrap(plain);

  @AfterEach
  void close() {
    plain.close();
    cache.close();
    server.close();
  }

  private static EmbeddingCreateParams.Builder texts(String... texts) {
    return EmbeddingCreateParams.builder()
        .model("m")
        .dimensions(4)
        .inputOfArrayOfStrings(List.of(texts));
  }

  private List<List<Float>> vectors(OpenAIClient of, String... texts) {
    return vectors(of.embeddings().create(texts(texts).build()));
  }

  private static List<List<Float>> vectors(CreateEmbeddingResponse response) {
    return response.validate().data().stream().map(item -> item.embedding()).toList();
  }

  private int requests() {
    return server.requests(EMBEDDINGS).size();
  }

  @Test
  void cachedTextSendsNoSecondRequest() {
    List<List<Float>> first = vectors(client, "one", "two");
    List<List<Float>> second = vectors(client, "two", "one", "two");

    assertThat(second).containsExactly(first.get(1), first.get(0), first.get(1));
    assertThat(vectors(client.async().embeddings().create(texts("one").build()).join()))
        .containsExactly(first.get(0));
    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void onlyMissingTextsAreRequested() {
    vectors(client, "one");

    assertThat(vectors(client, "two", "one", "three", "two"))
        .isEqualTo(vectors(plain, "two", "one", "three", "two"));
    assertThat(server.requests(EMBEDDINGS).get(1).body().path("input").toString())
        .isEqualTo("[\"two\",\"three\"]");
  }

  @Test
  void modelsDimensionsAndServicesDoNotShareEmbeddings() {
    vectors(client, "one");
    client.embeddings().create(texts("one").dimensions(5).build());
    client.embeddings().create(texts("one").model("other").build());
    client.withOptions(o -> o.organization("org")).embeddings().create(texts("one").build());

    assertThat(requests()).isEqualTo(4);
  }

  @Test
  void userIsIgnored() {
    vectors(client, "one");
    client.embeddings().create(texts("one").user("user-1").build());

    assertThat(requests()).isEqualTo(1);
  }

  @Test
  void leastRecentlyUsedIsEvictedFirst() {
    vectors(client, "one", "two", "three");
    vectors(client, "one");
    vectors(client, "four");
    assertThat(requests()).isEqualTo(2);

    vectors(client, "one", "three", "four");
    assertThat(requests()).isEqualTo(2);
    vectors(client, "two");
    assertThat(requests()).isEqualTo(3);
  }

  @Test
  void errorsAndMalformedResponsesAreNotCached() {
    vectors(client, "one");
    server.next(EMBEDDINGS, FakeReply.error(400, "no"), FakeReply.body(200, "{\"data\":[]}"));

    assertThatThrownBy(() -> vectors(client, "one", "two")).isInstanceOf(BadRequestException.class);
    assertThatThrownBy(() -> vectors(client, "one", "two"))
        .isInstanceOf(OpenAIInvalidDataException.class);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
    assertThat(vectors(client, "one", "two")).hasSize(2);
  }

  @Test
  void malformedResponseIsForwardedAndCountedAsAnAdapterErrorIfNothingIsCached() {
    server.next(EMBEDDINGS, FakeReply.body(200, "{\"data\": ["));

    assertThatThrownBy(() -> vectors(client, "one")).isInstanceOf(OpenAIInvalidDataException.class);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
    assertThat(vectors(client, "one")).hasSize(1);
    assertThat(cache.stats().adapterErrors()).isEqualTo(1);
  }

  @Test
  void bypassSendsARequest() {
    vectors(client, "one");
    client
        .embeddings()
        .create(texts("one").replaceAllAdditionalHeaders(CacheControl.bypass().headers()).build());

    assertThat(requests()).isEqualTo(2);
    assertThat(server.requests(EMBEDDINGS).get(1).header(CacheControl.MODE)).isEmpty();
  }

  @Test
  void refreshSendsARequestAndReplacesTheCachedEmbedding() {
    vectors(client, "one");
    server.sameMeaning("one", "another");
    CreateEmbeddingResponse refreshed =
        client
            .embeddings()
            .create(
                texts("one").replaceAllAdditionalHeaders(CacheControl.refresh().headers()).build());

    assertThat(requests()).isEqualTo(2);
    assertThat(client.embeddings().create(texts("one").build()).data()).isEqualTo(refreshed.data());
    assertThat(requests()).isEqualTo(2);
  }

  @Test
  void numberOfEntriesMustBePositive() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CachedOpenAi.builder(cache).embeddings(0))
        .withMessageContaining("embeddings is 0");
  }
}
