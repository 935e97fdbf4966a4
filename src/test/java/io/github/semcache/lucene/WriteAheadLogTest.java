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

  /** One of each kind. */
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

  private void write(List<LogRecord> records) throws IOException {
    try (WriteAheadLog log = WriteAheadLog.open(directory, SPACE, record -> {})) {
      log.append(records);
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  @Test
  void recordsComeBackAsTheyWereAndInOrder() throws IOException {
    write(RECORDS.subList(0, 2));
    write(RECORDS.subList(2, 6));

    assertThat(read()).isEqualTo(RECORDS);
  }

  /** Reads one file, without the identity at its beginning. */
  private static List<LogRecord> readFile(Path file) throws IOException {
    List<ByteBuffer> contents = new ArrayList<>();
    LogFile.read(file, contents::add);
    return contents.stream().skip(1).map(LogRecord::decode).toList();
  }

  @Test
  void fileThatIsCutOffAnywhereHoldsTheRecordsThatAreWhole() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    int most = 0;
    for (int length = 0; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));

      List<LogRecord> read = readFile(file);
      assertThat(read).isEqualTo(RECORDS.subList(0, read.size()));
      assertThat(read).hasSizeBetween(most, most + 1);
      most = read.size();
    }
    assertThat(most).isEqualTo(RECORDS.size());
  }

  @Test
  void bitChangedAnywhereCostsRecordsButChangesNone() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    List<ByteBuffer> frames = frames(file);
    for (int bit = 0; bit < whole.length * 8; bit += 7) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(file, damaged);

      assertThat(frames(file)).hasSizeLessThan(frames.size()).isSubsetOf(frames);
    }
  }

  private static List<ByteBuffer> frames(Path file) throws IOException {
    List<ByteBuffer> frames = new ArrayList<>();
    LogFile.read(file, frames::add);
    return frames;
  }

  @Test
  void recordDamagedInTheMiddleCostsNoOther() throws IOException {
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
  void fileOfWhichSomethingWasNotReadIsKeptUnderAnotherNameAndNeverReadAgain() throws IOException {
    write(RECORDS.subList(0, 2));
    write(RECORDS.subList(2, 4));
    Path file = files().get(0);
    byte[] damaged = Files.readAllBytes(file);
    damaged[frames(file).get(0).limit() + 8] = 0x7f; // the length of the first record
    Files.write(file, damaged);

    try (WriteAheadLog log = WriteAheadLog.open(directory, SPACE, record -> {})) {
      log.deleteEarlier();
      log.append(RECORDS.subList(4, 6));
    }

    Path kept = file.resolveSibling(file.getFileName() + ".damaged");
    assertThat(files()).hasSize(2).contains(kept).doesNotContain(file);
    assertThat(kept).hasBinaryContent(damaged);
    assertThat(read()).isEqualTo(RECORDS.subList(4, 6));
  }

  @Test
  void numberOfAFileThatWasKeptIsNotUsedAgain() throws IOException {
    Path kept = Files.createFile(directory.resolve("%019d.log.damaged".formatted(7)));
    write(RECORDS);

    assertThat(files()).containsExactly(kept, directory.resolve("%019d.log".formatted(8)));
  }

  @Test
  void rotationThatFailedOnceSucceedsTheNextTime() throws IOException {
    try (WriteAheadLog log = WriteAheadLog.open(directory, SPACE, record -> {})) {
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
  void interruptedWriterStillPutsTheLogOnTheDisk() throws IOException {
    try (WriteAheadLog log = WriteAheadLog.open(directory, SPACE, record -> {})) {
      log.append(RECORDS);
      Thread.currentThread().interrupt();
      log.sync();

      assertThat(log.isSynced()).isTrue();
      assertThat(Thread.interrupted()).as("the interrupt is kept").isTrue();
    }
  }

  @Test
  void logWhoseBeginningIsTornHoldsNothing() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 10));

    assertThat(read()).isEmpty();
  }

  @Test
  void zerosOfAFileThatWasExtendedButNotWrittenAreNoRecords() throws IOException {
    write(RECORDS);
    Path file = files().get(0);
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length + 10_000));

    assertThat(read()).isEqualTo(RECORDS);
  }

  @Test
  void recordsAfterATornOneAreKeptWhenALaterOpeningWroteThem() throws IOException {
    write(RECORDS.subList(0, 3));
    Path torn = files().get(0);
    byte[] whole = Files.readAllBytes(torn);
    Files.write(torn, Arrays.copyOf(whole, whole.length - 1));
    write(RECORDS.subList(3, 6));

    List<LogRecord> expected = new ArrayList<>(RECORDS);
    expected.remove(2);
    assertThat(read()).isEqualTo(expected);
  }

  @Test
  void earlierFilesCanBeDeletedWhileTheNextIsWritten() throws IOException {
    try (WriteAheadLog log = WriteAheadLog.open(directory, SPACE, record -> {})) {
      log.append(RECORDS.subList(0, 2));
      log.rotate().close();
      log.append(RECORDS.subList(2, 4));
      log.deleteEarlier();
      log.append(RECORDS.subList(4, 6));
    }

    assertThat(read()).isEqualTo(RECORDS.subList(2, 6));
  }

  @Test
  void otherFilesInTheDirectoryAreLeftAlone() throws IOException {
    Path other = Files.writeString(directory.resolve("notes.log"), "hello");
    write(RECORDS);

    assertThat(read()).isEqualTo(RECORDS);
    assertThat(other).hasContent("hello");
  }

  @Test
  void logThatWasNotWrittenToLeavesNoFile() throws IOException {
    write(List.of());

    assertThat(files()).isEmpty();
  }

  @Test
  void writesLargerThanTheBufferComeBack() throws IOException {
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
