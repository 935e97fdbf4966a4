package io.github.semcache.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachingEmbedderTest {
  private static final List<String> TEXTS =
      IntStream.range(0, 200).mapToObj(i -> "text " + i).toList();

  @TempDir Path directory;

  private final FakeEmbedder embedder = new FakeEmbedder();

  private Path file() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findFirst().orElseThrow();
    }
  }

  private void prepare() {
    try (CachingEmbedder remembered = CachingEmbedder.in(directory, embedder)) {
      remembered.prepare(TEXTS, 2, known -> {});
    }
  }

  private List<Embedding> embedAgain(FakeEmbedder second) {
    try (CachingEmbedder remembered = CachingEmbedder.in(directory, second)) {
      return remembered.embed(TEXTS);
    }
  }

  @Test
  void nextRunFindsEveryEmbeddingToTheBit() {
    prepare();
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).isEmpty();
  }

  @Test
  void eachTextIsEmbeddedOnce() {
    CachingEmbedder remembered = CachingEmbedder.inMemory(embedder);
    remembered.embed(List.of("a", "b", "a"));
    remembered.embed(List.of("b", "c"));
    remembered.prepare(List.of("c", "d", "d"), 2, known -> {});

    assertThat(embedder.embedded()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void progressEndsAtTheNumberOfDifferentTexts() {
    List<Integer> told = new ArrayList<>();
    CachingEmbedder.inMemory(embedder)
        .prepare(Stream.concat(TEXTS.stream(), TEXTS.stream()).toList(), 2, told::add);

    assertThat(told).isSorted().startsWith(0).endsWith(200);
  }

  @Test
  void fileHoldsNoText() throws IOException {
    prepare();

    assertThat(new String(Files.readAllBytes(file()), UTF_8)).doesNotContain("text 1");
  }

  @Test
  void tornFileLosesOnlyWhatIsNotWhole() throws IOException {
    prepare();
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), Arrays.copyOf(whole, whole.length - 7));
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).hasSize(1);
    assertThat(Files.size(file())).isEqualTo(whole.length);
  }

  @Test
  void damagedRecordIsMadeAgain() throws IOException {
    prepare();
    byte[] bytes = Files.readAllBytes(file());
    bytes[bytes.length / 2] ^= 1;
    Files.write(file(), bytes);
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).hasSize(1);
  }

  @Test
  void fileTornWithinItsHeaderBeginsAnew() throws IOException {
    prepare();
    Files.write(file(), Arrays.copyOf(Files.readAllBytes(file()), 10));
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).hasSize(200);
  }

  @Test
  void fileOfSomethingElseIsLeftAlone() throws IOException {
    prepare();
    Path file = file();
    Files.writeString(file, "my thesis");

    assertThatThrownBy(() -> CachingEmbedder.in(directory, embedder))
        .isInstanceOf(DataFileException.class)
        .hasMessageStartingWith(file + " does not hold embeddings of ")
        .hasMessageEndingWith("; move it away or name another place");
    assertThat(file).hasContent("my thesis");
  }

  @Test
  void modelsDoNotShareEmbeddings() {
    Embedder one = Embedder.of("model one", 2, text -> new float[] {1, 0});
    Embedder two = Embedder.of("model/one", 2, text -> new float[] {0, 1});
    try (CachingEmbedder first = CachingEmbedder.in(directory, one);
        CachingEmbedder second = CachingEmbedder.in(directory, two)) {
      assertThat(first.embed(List.of("a"))).containsExactly(Embedding.of(1, 0));
      assertThat(second.embed(List.of("a"))).containsExactly(Embedding.of(0, 1));
    }
  }

  @Test
  void twoMayWriteToOneFileAtOnce() {
    try (CachingEmbedder first = CachingEmbedder.in(directory, embedder);
        CachingEmbedder second = CachingEmbedder.in(directory, embedder)) {
      first.embed(TEXTS.subList(0, 50));
      second.embed(TEXTS.subList(100, 200));
      first.embed(TEXTS.subList(50, 100));
    }
    FakeEmbedder third = new FakeEmbedder();

    assertThat(embedAgain(third)).isEqualTo(embedder.embed(TEXTS));
    assertThat(third.embedded()).isEmpty();
  }

  @Test
  void failureOfTheEmbedderReachesTheCaller() {
    EmbedderException failure = new EmbedderException("down");
    embedder.failWith(failure);
    CachingEmbedder remembered = CachingEmbedder.inMemory(embedder);

    assertThatThrownBy(() -> remembered.prepare(TEXTS, 2, known -> {})).isSameAs(failure);
  }
}
