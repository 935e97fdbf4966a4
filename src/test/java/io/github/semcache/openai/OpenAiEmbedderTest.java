package io.github.semcache.openai;

import static io.github.semcache.openai.FakeOpenAiServer.EMBEDDINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OpenAiEmbedderTest extends OpenAiTest {
  @Test
  void defaultModelIsAskedForBase64AndNoDimensions() throws JsonProcessingException {
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
                 "encoding_format": "base64"}"""));
    assertThat(embedder.modelId()).isEqualTo("text-embedding-3-small");
    assertThat(embedder.dimension()).isEqualTo(1536);
  }

  @Test
  void shortenedVectorsAreAskedForByTheirDimensions() {
    Embedder embedder =
        OpenAiEmbedder.builder(client).model("text-embedding-3-large").dimensions(256).build();

    assertThat(embedder.embed(List.of("red car")))
        .containsExactly(Embedding.of(server.vector("red car", 256)));
    assertThat(embedder.dimension()).isEqualTo(256);
    assertThat(onlyBody().path("dimensions").asInt()).isEqualTo(256);
  }

  @Test
  void dimensionOfAnotherModelIsNotSent() {
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
  void dimensionOfKnownModelNeedNotBeGiven(String model, int dimension) {
    Embedder embedder = OpenAiEmbedder.builder(client).model(model).build();

    assertThat(embedder.dimension()).isEqualTo(dimension);
    assertThat(embedder.modelId()).isEqualTo(model);
  }

  @Test
  void modelIdNamesTheSpaceButNotTheRequest() {
    Embedder embedder = OpenAiEmbedder.builder(client).modelId("our own tuning").build();

    embedder.embed(List.of("red car"));

    assertThat(embedder.modelId()).isEqualTo("our own tuning");
    assertThat(onlyBody().path("model").asText()).isEqualTo("text-embedding-3-small");
  }

  @Test
  void base64HoldsLittleEndianFloats() {
    server.next(EMBEDDINGS, data("{\"index\": 0, \"embedding\": \"AACAPwAAAMA=\"}"));

    assertThat(plane(client).embed(List.of("a"))).containsExactly(Embedding.of(1, -2));
  }

  @Test
  void arraysOfNumbersAreAcceptedInPlaceOfBase64() {
    server.numbersOnly();

    assertThat(OpenAiEmbedder.of(client).embed(List.of("red car", "blue sky")))
        .containsExactly(
            Embedding.of(server.vector("red car", 1536)),
            Embedding.of(server.vector("blue sky", 1536)));
  }

  @Test
  void noTextsAreNoRequest() {
    assertThat(OpenAiEmbedder.of(client).embed(List.of())).isEmpty();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void vectorsComeInTheOrderOfTheTextsWhateverTheOrderOfTheReply() {
    server.next(
        EMBEDDINGS,
        data(
            """
            {"index": 2, "embedding": [3, 0]}, {"index": 0, "embedding": [1, 0]},
            {"index": 1, "embedding": [2, 0]}"""));

    assertThat(plane(client).embed(List.of("a", "b", "c")))
        .containsExactly(Embedding.of(1, 0), Embedding.of(2, 0), Embedding.of(3, 0));
  }

  @Test
  void vectorsWithoutIndexComeInTheOrderOfTheReply() {
    server.next(EMBEDDINGS, data("{\"embedding\": [1, 0]}, {\"embedding\": [2, 0]}"));

    assertThat(plane(client).embed(List.of("a", "b")))
        .containsExactly(Embedding.of(1, 0), Embedding.of(2, 0));
  }

  @Test
  void moreTextsThanTheServiceTakesAreSeveralRequests() {
    server.dimension(8);
    Embedder embedder = OpenAiEmbedder.builder(client).model("m").modelDimension(8).build();
    List<String> texts = IntStream.range(0, 2049).mapToObj(i -> "text " + i).toList();

    List<Embedding> embeddings = embedder.embed(texts);

    assertThat(inputsPerRequest()).containsExactly(2048, 1);
    assertThat(embeddings)
        .isEqualTo(texts.stream().map(text -> Embedding.of(server.vector(text, 8))).toList());
  }

  @Test
  void maxBatchBoundsTheTextsOfOneRequest() {
    Embedder embedder = OpenAiEmbedder.builder(client).maxBatch(2).build();

    assertThat(embedder.embed(List.of("a", "b", "c", "d", "e"))).hasSize(5);
    assertThat(inputsPerRequest()).containsExactly(2, 2, 1);
  }

  @Test
  void longTextsAreSplitBeforeTheTokenLimitOfOneRequest() {
    String long1 = "a".repeat(100_000);

    assertThat(OpenAiEmbedder.of(client).embed(List.of(long1, long1, long1, "b"))).hasSize(4);
    assertThat(inputsPerRequest()).containsExactly(3, 1);
  }

  @Test
  void rateLimitedRequestIsRepeatedByTheClient() {
    server.next(EMBEDDINGS, FakeReply.rateLimited(1));

    assertThat(OpenAiEmbedder.of(client).embed(List.of("red car"))).hasSize(1);
    assertThat(server.requests(EMBEDDINGS)).hasSize(2);
  }

  @Test
  void builderNamesOptionValueAndRule() {
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
        .withMessage("maxBatch is 0; it must be 1 to 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.maxBatch(2049))
        .withMessage("maxBatch is 2049; it must be 1 to 2048");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.dimensions(1537).build())
        .withMessage("dimensions is 1537; model text-embedding-3-small gives at most 1536");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> OpenAiEmbedder.builder(client).model("bge-m3").build())
        .withMessage(
            "modelDimension is not set; it must be, because the number of components of model"
                + " bge-m3 is not known here");
    assertThat(OpenAiEmbedder.builder(client).model("bge-m3").dimensions(512).build().dimension())
        .isEqualTo(512);
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without null checks may do
  void nullIsNamed() {
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.of(null))
        .withMessage("client");
    assertThatNullPointerException()
        .isThrownBy(() -> OpenAiEmbedder.builder(client).model(null))
        .withMessage("model");
  }

  @Test
  void builderMayBuildTwice() {
    OpenAiEmbedder.Builder builder = OpenAiEmbedder.builder(client).dimensions(8);
    Embedder first = builder.build();
    Embedder second = builder.dimensions(16).build();

    assertThat(first.embed(List.of("a")).get(0).dimension()).isEqualTo(8);
    assertThat(second.embed(List.of("a")).get(0).dimension()).isEqualTo(16);
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
