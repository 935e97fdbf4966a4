package io.github.semcache.lucene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.embedding.Embedding;
import io.github.semcache.embedding.EmbeddingSpace;
import io.github.semcache.prompt.Scope;
import io.github.semcache.store.CacheEntry;
import io.github.semcache.store.EntrySelector;
import io.github.semcache.testkit.Entries;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriteAheadLogTest {
  private static final EmbeddingSpace SPACE = new EmbeddingSpace("test-model", 4);

  /** Records of every type. */
  private static final List<LogRecord> RECORDS =
      List.of(
          new LogRecord.Put(1, entry("first"), Optional.of(Entries.atAngle(4, 10)), EntryRef.NEVER),
          new LogRecord.Put(2, entry("second"), Optional.empty(), 1_000),
          new LogRecord.Remove(3, new EntrySelector.ByKey(entry("first").key())),
          new LogRecord.Remove(4, new EntrySelector.ByScope(entry("first").scope())),
          new LogRecord.Put(5, entry("third"), Optional.of(Embedding.of(0, 1, 0, 0)), 2_000),
          new LogRecord.Remove(6, new EntrySelector.All()));

  @TempDir private Path directory;

  private static CacheEntry entry(String prompt) {
    return Entries.entry(Scope.none(), prompt, "answer to " + prompt, Instant.EPOCH);
  }

  private List<LogRecord> read() throws IOException {
    List<LogRecord> records = new ArrayList<>();
    WriteAheadLog.open(directory, SPACE, records::add).close();
    return records;
  }

  private WriteAheadLog open() throws IOException {
    return WriteAheadLog.open(directory, SPACE, record -> {});
  }

  private void write(List<LogRecord> records) throws IOException {
    try (WriteAheadLog log = open()) {
      log.append(records);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  private static List<ByteBuffer> frames(Path file) throws IOException {
    List<ByteBuffer> frames = new ArrayList<>();
    LogFile.read(file, frames::add);
    return frames;
  }

  /** Reads a file without the identity in its first frame. */
  private static List<LogRecord> readFile(Path file) throws IOException {
    return frames(file).stream().skip(1).map(LogRecord::decode).toList();
  }

  @Test
  void recordsAreReadUnchangedAndInOrder() throws IOException {
    write(RECORDS.subList(0, 2));
    write(RECORDS.subList(2, 6));

    assertThat(read()).isEqualTo(RECORDS);
  }

  @Test
  void completeRecordsOfAFileTruncatedAnywhereAreRead() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    byte[] complete = Files.readAllBytes(file);
    int previous = 0;
    for (int length = 0; length <= complete.length; length++) {
      Files.write(file, Arrays.copyOf(complete, length));

      List<LogRecord> read = readFile(file);
      assertThat(read).isEqualTo(RECORDS.subList(0, read.size()));
      assertThat(read).hasSizeBetween(previous, previous + 1);
      previous = read.size();
    }
    assertThat(previous).isEqualTo(RECORDS.size());
  }

  @Test
  void flippedBitLosesRecordsButChangesNone() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    byte[] intact = Files.readAllBytes(file);
    List<ByteBuffer> frames = frames(file);
    for (int bit = 0; bit < intact.length * 8; bit += 7) {
      byte[] damaged = intact.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, damaged);

      assertThat(frames(file)).hasSizeLessThan(frames.size()).isSubsetOf(frames);
    }
  }

  @Test
  void recordDamagedInTheMiddleIsSkipped() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    byte[] damaged = Files.readAllBytes(file);
    String text = new String(damaged, StandardCharsets.ISO_8859_1);
    damaged[text.indexOf("answer to second")] ^= 1;
    Files.write(file, damaged);

    List<LogRecord> expected = new ArrayList<>(RECORDS);
    expected.remove(1);
    assertThat(read()).isEqualTo(expected);
  }

  @Test
  void damagedFileIsRenamedAndNotReadAgain() throws IOException {
    write(RECORDS.subList(0, 2));
    write(RECORDS.subList(2, 4));
    Path file = files().get(0);
    byte[] damaged = Files.readAllBytes(file);
    damaged[frames(file).get(0).limit() + 8] = 0x7f; // the length of the first record
    Files.write(file, damaged);

    try (WriteAheadLog log = open()) {
      log.deleteSealedFiles();
      log.append(RECORDS.subList(4, 6));
    }

    Path renamed = file.resolveSibling(file.getFileName() + ".damaged");
    assertThat(files()).hasSize(2).contains(renamed).doesNotContain(file);
    assertThat(renamed).hasBinaryContent(damaged);
    assertThat(read()).isEqualTo(RECORDS.subList(4, 6));
  }

  @Test
  void numberOfARenamedFileIsNotReused() throws IOException {
    Path renamed = Files.createFile(directory.resolve("%019d.log.damaged".formatted(7)));
    write(RECORDS);

    assertThat(files()).containsExactly(renamed, directory.resolve("%019d.log".formatted(8)));
  }

  @Test
  void rotationSucceedsAfterAFailedRotation() throws IOException {
    try (WriteAheadLog log = open()) {
      log.append(RECORDS.subList(0, 2));
      Files.createFile(directory.resolve("%019d.log".formatted(2)));

      assertThatThrownBy(log::rotate).isInstanceOf(FileAlreadyExistsException.class);
      log.append(RECORDS.subList(2, 4));
      log.rotate().close();
      log.append(RECORDS.subList(4, 6));
    }

    assertThat(read()).isEqualTo(RECORDS);
  }

  @Test
  void interruptedThreadSyncsTheLogAndKeepsItsInterruptFlag() throws IOException {
    try (WriteAheadLog log = open()) {
      log.append(RECORDS);
      Thread.currentThread().interrupt();
      log.sync();

      assertThat(log.isSynced()).isTrue();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void fileWithATornFirstFrameContainsNoRecords() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 10));

    assertThat(read()).isEmpty();
  }

  @Test
  void zerosAtTheEndAreIgnored() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    byte[] complete = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(complete, complete.length + 10_000));

    assertThat(read()).isEqualTo(RECORDS);
  }

  @Test
  void recordsInFilesAfterATornRecordAreRead() throws IOException {
    write(RECORDS.subList(0, 3));
    Path torn = files().get(0);
    byte[] complete = Files.readAllBytes(torn);
    Files.write(torn, Arrays.copyOf(complete, complete.length - 1));
    write(RECORDS.subList(3, 6));

    List<LogRecord> expected = new ArrayList<>(RECORDS);
    expected.remove(2);
    assertThat(read()).isEqualTo(expected);
  }

  @Test
  void sealedFilesCanBeDeletedWhileTheCurrentOneIsWritten() throws IOException {
    try (WriteAheadLog log = open()) {
      log.append(RECORDS.subList(0, 2));
      log.rotate().close();
      log.append(RECORDS.subList(2, 4));
      log.deleteSealedFiles();
      log.append(RECORDS.subList(4, 6));
    }

    assertThat(read()).isEqualTo(RECORDS.subList(2, 6));
  }

  @Test
  void otherFilesInTheDirectoryAreIgnored() throws IOException {
    Path other = Files.writeString(directory.resolve("notes.log"), "hello");
    write(RECORDS);

    assertThat(read()).isEqualTo(RECORDS);
    assertThat(other).hasContent("hello");
  }

  @Test
  void logWithoutRecordsLeavesNoFile() throws IOException {
    write(List.of());

    assertThat(files()).isEmpty();
  }

  @Test
  void recordsLargerThanOneWriteAreRead() throws IOException {
    List<LogRecord> large =
        IntStream.range(0, 5)
            .<LogRecord>mapToObj(
                i -> {
                  CacheEntry small = entry("large " + i);
                  CacheEntry entry =
                      new CacheEntry(
                          small.key(),
                          small.scope(),
                          small.prompt(),
                          "x".repeat(800_000),
                          small.attributes(),
                          small.createdAt());
                  return new LogRecord.Put(i + 1, entry, Optional.empty(), EntryRef.NEVER);
                })
            .toList();
    write(large);

    assertThat(read()).isEqualTo(large);
  }
}
