package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.EMBEDDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of {@link OpenAiEmbedder}, and its options. */
final class OpenAiEmbedderTest extends OpenAiTest {
  @Test
  void defaultRequestHasBase64EncodingAndNoDimensions() throws JsonProcessingException {
    Embedder embedder = OpenAiEmbedder.of(client);

    List<Embedding> embeddings = embedder.embed(List.of("red car", "blue sky"));

    assertThat(embeddings)
        .containsExactly(
            Embedding.of(server.vector("red car", 1536)),
            Embedding.of(server.vector("blue sky", 1536)));
    assertThat(server.requests(EMBEDDINGS))
        .extracting(RecordedRequest::body)
        .containsExactly(
            json(
                """
                {"model": "text-embedding-3-small", "input": ["red car", "blue sky"],
                 "encoding_format": "base64"}\
                """));
    assertThat(embedder.modelId()).isEqualTo("text-embedding-3-small");
    assertThat(embedder.dimension()).isEqualTo(1536);
  }

  @Test
  void dimensionsOptionIsSent() {
    Embedder embedder =
        OpenAiEmbedder.builder(client).model("text-embedding-3-large").dimensions(256).build();

    assertThat(embedder.embed(List.of("red car")))
        .containsExactly(Embedding.of(server.vector("red car", 256)));
    assertThat(embedder.dimension()).isEqualTo(256);
    assertThat(onlyBody().path("dimensions").asInt()).isEqualTo(256);
  }

  @Test
  void modelDimensionIsNotSent() {
    server.dimension(768);
    Embedder embedder =
        OpenAiEmbedder.builder(client).model("nomic-embed-text").modelDimension(768).build();

    assertThat(embedder.embed(List.of("red car")))
        .containsExactly(Embedding.of(server.vector("red car", 768)));
    assertThat(onlyBody().has("dimensions")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "text-embedding-3-small, 1536",
    "text-embedding-3-large, 3072",
    "text-embedding-ada-002, 1536"
  })
  void dimensionOfKnownModelIsOptional(String model, int dimension) {
    Embedder embedder = OpenAiEmbedder.builder(client).model(model).build();

    assertThat(embedder.dimension()).isEqualTo(dimension);
    assertThat(embedder.modelId()).isEqualTo(model);
  }

  @ParameterizedTest
  @CsvSource({
    "text-embedding-3-small, 0.13",
    "text-embedding-3-large, 0.14",
    "text-embedding-ada-002, 0.03"
  })
  void thresholdOfKnownModelIsDeclared(String model, double maxDistance) {
    assertThat(OpenAiEmbedder.builder(client).model(model).build().maxDistance())
        .hasValue(maxDistance);
    assertThat(
            OpenAiEmbedder.builder(client).model("other").modelDimension(3).build().maxDistance())
        .isEmpty();
  }

  @Test
  void textBeyondTheWindowIsNotRead() {
    assertThat(OpenAiEmbedder.builder(client).build().coverage("a".repeat(16_382))).isEqualTo(1);
    assertThat(OpenAiEmbedder.builder(client).build().coverage("a".repeat(16_383))).isZero();
    OpenAiEmbedder.Builder other = OpenAiEmbedder.builder(client).modelDimension(1024);
    assertThat(other.model("mxbai-embed-large").build().coverage("a".repeat(1_025))).isZero();
    assertThat(other.model("unknown-model").build().coverage("a".repeat(1_025))).isZero();
    assertThat(other.model("bge-m3").build().coverage("a".repeat(16_000))).isEqualTo(1);
    assertThat(OpenAiEmbedder.builder(client).maxTokens(512).build().coverage("字".repeat(342)))
        .isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiEmbedder.builder(client).maxTokens(0))
        .withMessage("maxTokens is 0; it must be at least 1");
  }

  @Test
  void modelIdDoesNotChangeTheRequestedModel() {
    Embedder embedder = OpenAiEmbedder.builder(client).modelId("tuned model").build();

    embedder.embed(List.of("red car"));

    assertThat(embedder.modelId()).isEqualTo("tuned model");
    assertThat(onlyBody().path("model").asText()).isEqualTo("text-embedding-3-small");
  }

  @Test
  void base64IsDecodedAsLittleEndianFloats() {
    server.next(EMBEDDINGS, data("{\"index\": 0, \"embedding\": \"AACAPwAAAMA=\"}"));

    assertThat(plane(client).embed(List.of("a"))).containsExactly(Embedding.of(1, -2));
  }

  @Test
  void arraysOfNumbersAreAcceptedInsteadOfBase64() {
    server.numbersOnly();

    assertThat(OpenAiEmbedder.of(client).embed(List.of("red car", "blue sky")))
        .containsExactly(
            Embedding.of(server.vector("red car", 1536)),
            Embedding.of(server.vector("blue sky", 1536)));
  }

  @Test
  void emptyListSendsNoRequest() {
    assertThat(OpenAiEmbedder.of(client).embed(List.of())).isEmpty();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void vectorsAreOrderedByIndex() {
    server.next(
        EMBEDDINGS,
        data(
            """
            {"index": 2, "embedding": [3, 0]}, {"index": 0, "embedding": [1, 0]},
            {"index": 1, "embedding": [2, 0]}\
            """));

    assertThat(plane(client).embed(List.of("a", "b", "c")))
        .containsExactly(Embedding.of(1, 0), Embedding.of(2, 0), Embedding.of(3, 0));
  }

  @Test
  void vectorsWithoutIndexAreInResponseOrder() {
    server.next(EMBEDDINGS, data("{\"embedding\": [1, 0]}, {\"embedding\": [2, 0]}"));

    assertThat(plane(client).embed(List.of("a", "b")))
        .containsExactly(Embedding.of(1, 0), Embedding.of(2, 0));
  }

  @Test
  void textsAboveTheServiceLimitAreSplitIntoRequests() {
    server.dimension(8);
    Embedder embedder = OpenAiEmbedder.builder(client).model("m").modelDimension(8).build();
    List<String> texts = IntStream.range(0, 2049).mapToObj(i -> "text " + i).toList();

    List<Embedding> embeddings = embedder.embed(texts);

    assertThat(inputsPerRequest()).containsExactly(2048, 1);
    assertThat(embeddings)
        .isEqualTo(texts.stream().map(text -> Embedding.of(server.vector(text, 8))).toList());
  }

  @Test
  void maxBatchLimitsTheTextsPerRequest() {
    Embedder embedder = OpenAiEmbedder.builder(client).maxBatch(2).build();

    assertThat(embedder.embed(List.of("a", "b", "c", "d", "e"))).hasSize(5);
    assertThat(inputsPerRequest()).containsExactly(2, 2, 1);
  }

  @Test
  void longTextsAreSplitAtTheTokenLimit() {
    String long1 = "a".repeat(100_000);

    assertThat(OpenAiEmbedder.of(client).embed(List.of(long1, long1, long1, "b"))).hasSize(4);
    assertThat(inputsPerRequest()).containsExactly(3, 1);
  }

  @Test
  void rateLimitedRequestIsRetriedByTheClient() {
    server.next(EMBEDDINGS, FakeReply.rateLimited(1));

    assertThat(OpenAiEmbedder.of(client).embed(List.of("red car"))).hasSize(1);
    assertThat(server.requests(EMBEDDINGS)).hasSize(2);
  }

  @Test
  void exceptionsNameOptionValueAndRule() {
    OpenAiEmbedder.Builder builder = OpenAiEmbedder.builder(client);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.model(" "))
        .withMessage("model is blank; it must not be");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.modelId(""))
        .withMessage("modelId is blank; it must not be");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.dimensions(0))
        .withMessage("dimensions is 0; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.modelDimension(-1))
        .withMessage("modelDimension is -1; it must be at least 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxBatch(0))
        .withMessage("maxBatch is 0; it must be between 1 and 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxBatch(2049))
        .withMessage("maxBatch is 2049; it must be between 1 and 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.dimensions(1537).build())
        .withMessage(
            "dimensions is 1537; it must be at most 1536 for model text-embedding-3-small");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiEmbedder.builder(client).model("bge-m3").build())
        .withMessage(
            "modelDimension is not set; it must be set for model bge-m3, whose dimension is not"
                + " known");
    assertThat(OpenAiEmbedder.builder(client).model("bge-m3").dimensions(512).build().dimension())
        .isEqualTo(512);
  }

  @Test
  @SuppressWarnings("NullAway") // tests null arguments
  void exceptionsNameTheNullArgument() {
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.of(null))
        .withMessage("client");
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.builder(client).model(null))
        .withMessage("model");
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.connect(null))
        .withMessage("apiKey");
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.connect("key", null))
        .withMessage("baseUrl");
  }

  @Test
  void builderIsReusable() {
    OpenAiEmbedder.Builder builder = OpenAiEmbedder.builder(client).dimensions(8);
    Embedder first = builder.build();
    Embedder second = builder.dimensions(16).build();

    assertThat(first.embed(List.of("a")).get(0).dimension()).isEqualTo(8);
    assertThat(second.embed(List.of("a")).get(0).dimension()).isEqualTo(16);
  }

  @Test
  void closeLeavesTheClientOfTheCallerOpen() {
    OpenAiEmbedder embedder = OpenAiEmbedder.of(client);

    embedder.close();

    assertThat(embedder.embed(List.of("red car"))).hasSize(1);
  }

  @Test
  void connectedEmbedderSendsTheKeyAndClosesItsClient() {
    OpenAiEmbedder embedder =
        OpenAiEmbedder.connect("secret-key", URI.create(server.baseUrl())).build();

    assertThat(embedder.embed(List.of("red car"))).hasSize(1);
    assertThat(server.requests().get(0).header("Authorization")).contains("Bearer secret-key");

    embedder.close();
    assertThatExceptionOfType(EmbedderException.class)
        .isThrownBy(() -> embedder.embed(List.of("red car")));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void connectedEmbeddersOfOneBuilderHaveTheirOwnClients() {
    OpenAiEmbedder.Builder builder = OpenAiEmbedder.connect("key", URI.create(server.baseUrl()));
    OpenAiEmbedder closed = builder.build();
    try (OpenAiEmbedder open = builder.build()) {
      closed.close();

      assertThat(open.embed(List.of("red car"))).hasSize(1);
    }
  }

  private JsonNode onlyBody() {
    assertThat(server.requests(EMBEDDINGS)).hasSize(1);
    return server.requests(EMBEDDINGS).get(0).body();
  }

  private List<Integer> inputsPerRequest() {
    return server.requests(EMBEDDINGS).stream()
        .map(request -> request.body().path("input").size())
        .toList();
  }
}
