package io.github.semcache.evaluation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.Embedder;
import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.embedding.Embedding;
import io.github.semcache.testkit.FakeEmbedder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CachingEmbedderTest {
  private static final List<String> TEXTS =
      IntStream.range(0, 200).mapToObj(i -> "text " + i).toList();

  @TempDir Path directory;

  private final FakeEmbedder embedder = new FakeEmbedder();

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private void embedAll() {
    CachingEmbedder.onDisk(directory, embedder).precompute(TEXTS, 2, count -> {});
  }

  private List<Embedding> embedAllAgain(FakeEmbedder second) {
    return CachingEmbedder.onDisk(directory, second).embed(TEXTS);
  }

  @Test
  void nextRunReadsEveryEmbeddingBitForBit() {
    embedAll();
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAllAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).isEmpty();
  }

  @Test
  void eachTextIsEmbeddedOnce() {
    CachingEmbedder caching = CachingEmbedder.inMemory(embedder);
    caching.embed(List.of("a", "b", "a"));
    caching.embed(List.of("b", "c"));
    caching.precompute(List.of("c", "d", "d"), 2, count -> {});

    assertThat(embedder.embedded()).containsExactly("a", "b", "c", "d");
  }

  @Test
  void progressEndsAtTheNumberOfDistinctTexts() {
    List<Integer> counts = new ArrayList<>();
    CachingEmbedder.inMemory(embedder)
        .precompute(Stream.concat(TEXTS.stream(), TEXTS.stream()).toList(), 2, counts::add);

    assertThat(counts).isSorted().startsWith(0).endsWith(200);
  }

  @Test
  void filesContainNoText() throws IOException {
    embedAll();

    for (Path file : files()) {
      assertThat(file.toString()).doesNotContain("text");
      assertThat(new String(Files.readAllBytes(file), UTF_8)).doesNotContain("text");
    }
  }

  @Test
  void noTemporaryFileIsLeft() throws IOException {
    embedAll();

    assertThat(files()).hasSize(200).allMatch(file -> file.toString().endsWith(".gz"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 15, 100})
  void truncatedFileIsReplaced(int length) throws IOException {
    embedAll();
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, length));
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAllAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).hasSize(1);
    assertThat(file).hasBinaryContent(whole);
  }

  @Test
  void fileWithAFlippedBitIsNeverReadAsAnotherEmbedding() throws IOException {
    Embedding expected = CachingEmbedder.onDisk(directory, embedder).embed(List.of("a")).get(0);
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);

    for (int bit = 0; bit < Byte.SIZE * whole.length; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      Files.write(file, damaged);
      FakeEmbedder second = new FakeEmbedder();

      assertThat(CachingEmbedder.onDisk(directory, second).embed(List.of("a")))
          .containsExactly(expected);
    }
  }

  @Test
  void damagedFileIsReplaced() throws IOException {
    embedAll();
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAllAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).hasSize(1);
  }

  @Test
  void fileWithForeignContentIsReplaced() throws IOException {
    embedAll();
    Files.writeString(files().get(0), "not an embedding");
    FakeEmbedder second = new FakeEmbedder();

    assertThat(embedAllAgain(second)).isEqualTo(embedder.embed(TEXTS));
    assertThat(second.embedded()).hasSize(1);
  }

  @Test
  void otherFilesInTheDirectoryAreNotTouched() throws IOException {
    Path other = Files.writeString(directory.resolve("thesis.txt"), "not an embedding");
    embedAll();

    assertThat(other).hasContent("not an embedding");
  }

  @Test
  void directoryThatIsAFileIsRejected() throws IOException {
    Path file = Files.writeString(directory.resolve("thesis.txt"), "not an embedding");

    assertThatThrownBy(() -> CachingEmbedder.onDisk(file, embedder))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("cannot create directory " + file);
    assertThat(file).hasContent("not an embedding");
  }

  @Test
  void modelsDoNotShareEmbeddings() {
    CachingEmbedder first =
        CachingEmbedder.onDisk(directory, Embedder.of("model one", 2, text -> new float[] {1, 0}));
    CachingEmbedder second =
        CachingEmbedder.onDisk(directory, Embedder.of("model/one", 2, text -> new float[] {0, 1}));

    assertThat(first.embed(List.of("a"))).containsExactly(Embedding.of(1, 0));
    assertThat(second.embed(List.of("a"))).containsExactly(Embedding.of(0, 1));
  }

  @Test
  void concurrentRunsShareADirectory() throws ExecutionException, InterruptedException {
    ExecutorService runs = Executors.newFixedThreadPool(4);
    try {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        running.add(runs.submit(this::embedAll));
      }
      for (Future<?> run : running) {
        run.get();
      }
    } finally {
      runs.shutdownNow();
    }
    FakeEmbedder later = new FakeEmbedder();

    assertThat(embedAllAgain(later)).isEqualTo(embedder.embed(TEXTS));
    assertThat(later.embedded()).isEmpty();
  }

  @Test
  void failureOfTheEmbedderReachesTheCaller() {
    EmbedderException failure = new EmbedderException("down");
    embedder.failWith(failure);
    CachingEmbedder caching = CachingEmbedder.inMemory(embedder);

    assertThatThrownBy(() -> caching.precompute(TEXTS, 2, count -> {})).isSameAs(failure);
  }

  @Test
  void embeddingsComputedBeforeAFailureAreOnDisk() {
    embedder.reject("text 199");
    CachingEmbedder caching = CachingEmbedder.onDisk(directory, embedder);
    assertThatThrownBy(() -> caching.precompute(TEXTS, 1, count -> {}))
        .isInstanceOf(EmbedderException.class);
    FakeEmbedder second = new FakeEmbedder();

    CachingEmbedder.onDisk(directory, second).embed(TEXTS.subList(0, 128));

    assertThat(second.embedded()).isEmpty();
  }
}
