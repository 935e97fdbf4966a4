package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataFileTest {
  private static final PromptColumns LABELED = PromptColumns.of("text").label("category");

  @TempDir Path directory;

  private Path file(String name, String content) throws IOException {
    return Files.writeString(directory.resolve(name), content);
  }

  private List<LabeledPrompt> csv(String content) throws IOException {
    return DataFile.read(file("data.csv", content)).prompts(LABELED);
  }

  private void assertCsvFails(String content, String message) throws IOException {
    Path file = file("data.csv", content);
    assertFails(() -> DataFile.read(file).prompts(LABELED), file + message);
  }

  private static void assertFails(ThrowingCallable action, String message) {
    assertThatThrownBy(action).isInstanceOf(DataFileException.class).hasMessage(message);
  }

  @Test
  void columnsAreFoundByNameInAnyOrder() throws IOException {
    List<LabeledPrompt> prompts =
        csv("category,text\nweather,\"Will it rain, \"\"really\"\"?\"\nalarm,Wake me\n");

    assertThat(prompts)
        .extracting(LabeledPrompt::text)
        .containsExactly("Will it rain, \"really\"?", "Wake me");
    assertThat(prompts).extracting(LabeledPrompt::line).containsExactly(2L, 3L);
    assertThat(prompts.get(1).label()).contains("alarm");
  }

  @Test
  void byteOrderMarkWindowsLineEndsAndEmptyLinesAreAccepted() throws IOException {
    assertThat(csv("\uFEFFtext,category\r\n\r\na,1\r\n\r\nb,2\r\n"))
        .extracting(LabeledPrompt::line)
        .containsExactly(3L, 5L);
  }

  @Test
  void lineOfARowIsItsFirstLine() throws IOException {
    assertThat(csv("text,category\n\"a\nb\",1\nc,2\n"))
        .extracting(LabeledPrompt::line)
        .containsExactly(2L, 4L);
  }

  @Test
  void tsvAndJsonLinesAreParsed() throws IOException {
    Path tsv = file("data.tsv", "text\tcategory\na, b\t1\nc\t2\n");
    Path objects =
        file("data.jsonl", "{\"text\":\"a, b\",\"category\":1}\n\n{\"category\":2,\"text\":\"c\"}");
    Path arrays = file("data.ndjson", "[\"category\",\"text\"]\n[1,\"a, b\"]\n[2,\"c\"]\n");

    for (Path path : List.of(tsv, objects, arrays)) {
      assertThat(DataFile.read(path).prompts(LABELED))
          .extracting(LabeledPrompt::text)
          .containsExactly("a, b", "c");
      assertThat(DataFile.read(path).columns()).containsExactlyInAnyOrder("text", "category");
    }
  }

  @Test
  void scopeMayBeEmptyInSomeRows() throws IOException {
    Path file = file("data.csv", "text,tenant\na,acme\nb,\n");

    assertThat(DataFile.read(file).prompts(PromptColumns.of("text").scope("tenant")))
        .extracting(prompt -> prompt.scope().orElse("none"))
        .containsExactly("acme", "none");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05",
    "2026-01-02 03:04:05",
    "2026-01-02T04:04:05+01:00",
    "1767323045",
    "1767323045000"
  })
  void commonTimestampFormatsAreParsed(String timestamp) throws IOException {
    Path file = file("data.csv", "text,at\na," + timestamp + "\n");

    assertThat(DataFile.read(file).prompts(PromptColumns.of("text").timestamp("at")).get(0))
        .extracting(prompt -> prompt.timestamp().orElseThrow())
        .isEqualTo(Instant.parse("2026-01-02T03:04:05Z"));
  }

  @Test
  void messageOfAnInvalidTimestampHasTheLine() throws IOException {
    Path file = file("data.csv", "text,at\na,1767323045\nb,yesterday\n");

    assertFails(
        () -> DataFile.read(file).prompts(PromptColumns.of("text").timestamp("at")),
        file
            + ", line 3: column 'at' is not a timestamp; it must be ISO 8601, or seconds or"
            + " milliseconds since 1970");
  }

  @Test
  void messageOfAMissingColumnListsTheColumns() throws IOException {
    Path file = file("data.csv", "prompt,intent\na,b\n");

    assertFails(
        () -> DataFile.read(file).prompts(LABELED),
        "prompt is 'text', but "
            + file
            + " has no such column; its columns are 'prompt', 'intent'");
  }

  @Test
  void emptyFileIsRejected() throws IOException {
    assertCsvFails("", " is empty; it must have a header and at least one row");
    assertCsvFails("\n\n", " is empty; it must have a header and at least one row");
    assertCsvFails("text,category\n", " has a header but no rows");
  }

  @Test
  void missingFileIsRejected() {
    Path file = directory.resolve("none.csv");

    assertFails(() -> DataFile.read(file), file + " does not exist");
    assertThatThrownBy(() -> DataFile.read(directory)).isInstanceOf(DataFileException.class);
  }

  @Test
  void messageOfAnotherEncodingHasLineAndByte() throws IOException {
    Path file = directory.resolve("latin1.csv");
    Files.write(file, "text,category\na,1\nGrüße,2\n".getBytes(StandardCharsets.ISO_8859_1));

    assertFails(
        () -> DataFile.read(file),
        file + ", line 3: byte 0xFC is not valid UTF-8; convert the file to UTF-8");
  }

  @Test
  void fileTruncatedWithinACharacterIsRejected() throws IOException {
    Path file = directory.resolve("truncated.csv");
    Files.write(file, new byte[] {'t', '\n', (byte) 0xC3});

    assertFails(
        () -> DataFile.read(file),
        file + ", line 2: byte 0xC3 is not valid UTF-8; convert the file to UTF-8");
  }

  @Test
  void rowWithAnotherNumberOfValuesIsRejected() throws IOException {
    assertCsvFails(
        "text,category\na,1\nb,2,3\n",
        ", line 3: the row has 3 values, but the header has 2 columns");
    assertCsvFails(
        "text,category\na\n", ", line 2: the row has 1 values, but the header has 2 columns");
  }

  @Test
  void unclosedQuotedValueIsRejected() throws IOException {
    assertCsvFails("text,category\na,1\n\"b,2\nc,3\n", ", line 3: Missing closing quote for value");
  }

  @Test
  void valueLongerThanAMillionCharactersIsRejected() throws IOException {
    String huge = "x".repeat(1_000_001);

    assertCsvFails(
        "text,category\n" + huge + ",1\n",
        ", line 2: a value has more than 1000000 characters; a closing quotation mark may be missing");
    Path json = file("data.jsonl", "{\"text\":\"" + huge + "\"}");
    assertFails(
        () -> DataFile.read(json),
        json + ", line 1: column 'text' has 1000001 characters; the limit is 1000000");
  }

  @Test
  void promptLongerThanTheLimitIsRejected() throws IOException {
    Path file = file("data.csv", "text\nshort\n" + "x".repeat(21) + "\n");

    assertFails(
        () -> DataFile.read(file).prompts(PromptColumns.of("text").maxCharacters(20)),
        file + ", line 3: column 'text' has 21 characters; the limit is 20");
  }

  @Test
  void missingPromptOrLabelIsRejected() throws IOException {
    assertCsvFails("text,category\na,1\n ,2\n", ", line 3: column 'text' is empty");
    assertCsvFails("text,category\na,1\nb,\n", ", line 3: column 'category' is empty");
    Path json = file("data.jsonl", "{\"text\":\"a\",\"category\":\"x\"}\n{\"text\":\"b\"}");
    assertFails(
        () -> DataFile.read(json).prompts(LABELED), json + ", line 2: column 'category' is empty");
  }

  @Test
  void singleLabelIsRejected() throws IOException {
    assertCsvFails(
        "text,category\na,1\nb,1\n",
        ": column 'category' has the same label in every row; it must have at least two labels");
  }

  @Test
  void duplicateColumnIsRejected() throws IOException {
    assertCsvFails("text,text\na,1\n", ", line 1: the header contains the column 'text' twice");
    Path json = file("data.jsonl", "[\"text\",\"text\"]\n[\"a\",\"b\"]");
    assertFails(() -> DataFile.read(json), json + ", line 1: the header contains a column twice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"text\":", "nonsense", "{} {}"})
  void lineWithInvalidJsonIsRejected(String line) throws IOException {
    Path file = file("data.jsonl", "{\"text\":\"a\"}\n" + line);

    assertFails(() -> DataFile.read(file), file + ", line 2: the line is not valid JSON");
  }

  @Test
  void jsonOfAnotherStructureIsRejected() throws IOException {
    Path text = file("text.jsonl", "\"just a text\"");
    assertFails(
        () -> DataFile.read(text),
        text + ", line 1: the line is neither a JSON object nor an array after a header");
    Path rows = file("rows.jsonl", "[\"text\"]\n[\"a\",\"b\"]");
    assertFails(
        () -> DataFile.read(rows),
        rows + ", line 2: the row has 2 values, but the header has 1 columns");
  }

  @Test
  void pairsAreParsed() throws IOException {
    Path file = file("pairs.csv", "a,b,same\nhi,hello,Yes\nhi,bye,0\n");

    assertThat(DataFile.read(file).pairs(PairColumns.of("a", "b", "same")))
        .containsExactly(
            new LabeledPair("hi", "hello", true, 2), new LabeledPair("hi", "bye", false, 3));
  }

  @Test
  void unknownPairLabelIsRejected() throws IOException {
    Path file = file("pairs.csv", "a,b,same\nhi,hello,1\nhi,bye,maybe\n");

    assertFails(
        () -> DataFile.read(file).pairs(PairColumns.of("a", "b", "same")),
        file
            + ", line 3: column 'same' has an unknown label; it must be 1, true, yes, same,"
            + " duplicate, or hit for the same answer, and 0, false, no, different, or miss for"
            + " different answers");
  }

  @Test
  void singlePairLabelIsRejected() throws IOException {
    Path file = file("pairs.csv", "a,b,same\nhi,hello,1\nhi,hey,1\n");

    assertFails(
        () -> DataFile.read(file).pairs(PairColumns.of("a", "b", "same")),
        file + ": column 'same' has the same label in every row; it must have both labels");
  }
}
