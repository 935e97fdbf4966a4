package io.github.semcache.judge;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.judge.AnswerJudge.Comparison;
import io.github.semcache.judge.AnswerJudge.Verdict;
import io.github.semcache.langchain4j.MiniLmEmbedder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("slow")
class LocalJudgeTest {
  private static final AnswerJudge JUDGE = AnswerJudge.local(MiniLmEmbedder.create());

  private record AnswerPair(Verdict expected, Comparison comparison) {}

  private static List<AnswerPair> pairs() throws IOException {
    try (InputStream in =
        Objects.requireNonNull(LocalJudgeTest.class.getResourceAsStream("answer-pairs.tsv"))) {
      List<AnswerPair> pairs = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        if (!line.startsWith("#")) {
          String[] cells = line.replace("\\n", "\n").replace("\\\\", "\\").split("\t", -1);
          String prompt = cells.length > 4 ? cells[4] : "";
          pairs.add(
              new AnswerPair(
                  Verdict.valueOf(cells[0]), new Comparison(prompt, cells[2], prompt, cells[3])));
        }
      }
      return pairs;
    }
  }

  @Test
  void falseVerdictsOnTheAnswerPairsAreWithinTheirBounds() throws IOException {
    List<AnswerPair> pairs = pairs();
    List<AnswerPair> same = pairs.stream().filter(pair -> pair.expected() == Verdict.SAME).toList();
    List<AnswerPair> different =
        pairs.stream().filter(pair -> pair.expected() == Verdict.DIFFERENT).toList();

    assertThat(pairs).hasSizeGreaterThanOrEqualTo(300);
    assertThat(rate(different, Verdict.SAME)).isLessThanOrEqualTo(0.01);
    assertThat(rate(same, Verdict.DIFFERENT)).isLessThanOrEqualTo(0.1);
    assertThat(rate(same, Verdict.SAME)).isGreaterThanOrEqualTo(MIN_SAME);
    assertThat(rate(different, Verdict.DIFFERENT)).isGreaterThanOrEqualTo(MIN_DIFFERENT);
  }

  private static final double MIN_SAME = 0.45;
  private static final double MIN_DIFFERENT = 0.8;

  private static double rate(List<AnswerPair> pairs, Verdict verdict) {
    return (double) pairs.stream().filter(pair -> JUDGE.judge(pair.comparison()) == verdict).count()
        / pairs.size();
  }

  @Test
  void verdictDoesNotDependOnTheOrderOfTheAnswers() throws IOException {
    for (AnswerPair pair : pairs()) {
      Comparison one = pair.comparison();
      String prompt = one.newPrompt();
      String first = one.newAnswer();
      String second = one.cachedAnswer();
      Comparison swapped = new Comparison(prompt, first, prompt, second);
      assertThat(JUDGE.judge(swapped)).as(one.cachedAnswer()).isEqualTo(JUDGE.judge(one));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "UNKNOWN | ' ' | The museum is open.",
        "UNKNOWN | Das Museum ist montags geschlossen. | Montags ist das Museum zu.",
        "SAME | Das Museum ist montags geschlossen. | Das Museum ist montags geschlossen.",
        "UNKNOWN | 你好，博物馆周一关门。 | 博物馆周一开门。",
        "UNKNOWN | You must sign it. | You may sign it.",
        "DIFFERENT | The fee is 5 euros. | The fee is 6 euros.",
      })
  void answersThatItCannotJudgeAreUnknown(Verdict expected, String cached, String other) {
    assertThat(JUDGE.judge(new Comparison("", cached, "", other))).isEqualTo(expected);
  }

  @Test
  void indentationOfCodeMatters() {
    String code = "```python\nfor i in a:\n    b()\nc()\n```";
    String indented = "```python\nfor i in a:\n    b()\n    c()\n```";

    assertThat(JUDGE.judge(new Comparison("", code, "", code))).isEqualTo(Verdict.SAME);
    assertThat(JUDGE.judge(new Comparison("", code, "", indented))).isNotEqualTo(Verdict.SAME);
  }
}
