package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.semcache.SemanticCacheBuilder;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier;
import io.github.semcache.verify.Verification;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvaluationReportTest {
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

  private final FakeEmbedder embedder =
      new FakeEmbedder()
          .place("Where is my card?", 0)
          .place("Where's my card?", 5)
          .place("Where is my </script><b>reader</b>?", 10)
          .place("How do I pay?", 120);

  private EvaluationReport.Builder report() {
    return EvaluationReport.builder(
            embedder,
            List.of(
                LabeledPrompt.of("Where is my card?", "arrival"),
                LabeledPrompt.of("How do I pay?", "payment"),
                LabeledPrompt.of("Where's my card?", "arrival"),
                LabeledPrompt.of("Where is my </script><b>reader</b>?", "reader")))
        .title("A & <B>")
        .policy(
            "max-distance", "0.001", OptionalDouble.of(0.001), "first", b -> byDistance(b, 0.001))
        .policy("max-distance", "0.1", OptionalDouble.of(0.1), "second", b -> byDistance(b, 0.1))
        .policy("never", "always", replay -> replay.hitPolicy(HitPolicy.never()))
        .guards(Guards.none().and(prompts -> Optional.of(new RejectionReason("a-guard"))));
  }

  private static void byDistance(SemanticCacheBuilder builder, double threshold) {
    builder.maxDistance(threshold).noGuards().verifier(PairVerifier.none());
  }

  private static JsonNode data(String html) throws JsonProcessingException {
    Matcher matcher = DATA.matcher(html);
    assertThat(matcher.find()).isTrue();
    return new JsonMapper().readTree(matcher.group(1));
  }

  @Test
  void curvesContainTheRatesOfReplays() throws JsonProcessingException {
    JsonNode curves = data(report().build().html()).get("curves");

    assertThat(curves).hasSize(2);
    assertThat(curves.get(0).get("name").asText()).isEqualTo("max-distance");
    JsonNode points = curves.get(0).get("points");
    assertThat(points.get(0).get("hitRate").asDouble()).isZero();
    assertThat(points.get(0).get("precision").isNull()).isTrue();
    assertThat(points.get(1).get("threshold").asDouble()).isEqualTo(0.1);
    assertThat(points.get(1).get("hitRate").asDouble()).isEqualTo(0.5);
    assertThat(points.get(1).get("errorRate").asDouble()).isEqualTo(0.25);
    assertThat(points.get(1).get("secondHalfErrorRate").asDouble()).isEqualTo(0.5);
    assertThat(curves.get(1).get("points").get(0).get("threshold").isNull()).isTrue();
  }

  @Test
  void settingWithTheMostHitsWithinTheErrorRateIsRecommended() throws JsonProcessingException {
    assertThat(data(report().maxErrorRate(0.1).build().html()).get("recommendation").isNull())
        .isTrue();
    JsonNode data = data(report().maxErrorRate(0.9).build().html());

    assertThat(data.get("recommendation").get("policy").asText()).isEqualTo("max-distance");
    assertThat(data.get("recommendation").get("point").get("code").asText()).isEqualTo("second");
    assertThat(data.get("curves").get(0).get("chosen").asInt()).isEqualTo(1);
    assertThatThrownBy(() -> report().maxErrorRate(1))
        .hasMessage("maxErrorRate is 1.0; it must be more than 0 and less than 1");
  }

  @Test
  void scoresOfTheVerifierAreEvaluated() throws JsonProcessingException {
    PairVerifier verifier =
        pair ->
            pair.query().contains("reader")
                ? Verification.reject("reader").withScore(0.05)
                : Verification.accept().withScore(0.95);
    JsonNode data = data(report().verifier(verifier).build().html());

    assertThat(data.get("scores").get(1).get("name").asText()).isEqualTo("verifier");
    assertThat(data.get("scores").get(1).get("averagePrecision").asDouble()).isPositive();
    JsonNode bins = data.get("reliability").get("bins");
    assertThat(bins).hasSize(2);
    assertThat(bins.get(0).get("sameAnswer").asDouble()).isZero();
    assertThat(bins.get(1).get("sameAnswer").asDouble()).isEqualTo(1);
  }

  @Test
  void pageNamesItsCommandAndDate() throws JsonProcessingException {
    InstantSource noon = () -> Instant.parse("2026-01-01T12:00:00.5Z");
    JsonNode data = data(report().command("report x.csv").timeSource(noon).build().html());

    assertThat(data.get("command").asText()).isEqualTo("report x.csv");
    assertThat(data.get("createdAt").asText()).isEqualTo("2026-01-01T12:00:00Z");
  }

  @Test
  void binsCountPairsWithTheSameAndWithDifferentAnswers() throws JsonProcessingException {
    JsonNode bins = data(report().build().html()).get("bins");

    assertThat(bins.get(0).get("same").asInt()).isEqualTo(1);
    assertThat(bins.get(0).get("different").asInt()).isEqualTo(1);
  }

  @Test
  void wrongHitsListTheGuardsThatRejectThem() throws JsonProcessingException {
    JsonNode wrong = data(report().build().html()).get("wrongHits");

    assertThat(wrong).hasSize(1);
    assertThat(wrong.get(0).get("matchedLabel").asText()).isEqualTo("arrival");
    assertThat(wrong.get(0).get("rejectedBy").get(0).asText()).isEqualTo("a-guard");
  }

  @Test
  void pageIsSelfContainedAndEscapesTexts() {
    String html = report().build().html();

    assertThat(html)
        .contains("<title>A &amp; &lt;B></title>", "Chart.js v")
        .doesNotContain("@CHARTS@", "@DATA@", "@TITLE@", "<b>reader", "sourceMappingURL")
        .doesNotContainPattern("<(link|img|iframe|script src)");
    assertThat(html.split("</script>", -1)).hasSize(4);
  }

  @Test
  void writeCreatesTheFileAndFailsWithoutItsDirectory(@TempDir Path directory) {
    Path file = directory.resolve("report.html");
    report().shuffled(3).build().write(file);

    assertThat(file).content().contains("shuffled with seed 3");
    assertThatThrownBy(() -> report().build().write(directory.resolve("none/report.html")))
        .hasMessageStartingWith("cannot write ");
  }

  @Test
  void progressEndsAtOneHundredPercent() {
    List<Integer> percents = new ArrayList<>();
    report().progress(percents::add).build();

    assertThat(percents).isSorted().endsWith(100);
  }

  @Test
  void promptsWithoutLabelsAreRejected() {
    assertThatThrownBy(
            () -> EvaluationReport.builder(embedder, List.of(LabeledPrompt.unlabeled("a"))))
        .hasMessage("some prompts have no label; every prompt must have one");
    assertThatThrownBy(() -> EvaluationReport.builder(embedder, List.of()))
        .hasMessage("prompts is empty; a report needs at least one");
  }

  @Test
  void promptThatIsNotComparedHasNoNearestPrompt() throws JsonProcessingException {
    List<LabeledPrompt> prompts =
        List.of(
            LabeledPrompt.of("How do I pay?", "payment"),
            LabeledPrompt.of("in\u200bvisible", "other"),
            LabeledPrompt.of("Where is my card?", "arrival"),
            LabeledPrompt.of("Where's my card?", "arrival"));
    JsonNode data =
        data(
            EvaluationReport.builder(embedder, prompts)
                .policy("never", "always", replay -> replay.hitPolicy(HitPolicy.never()))
                .build()
                .html());

    JsonNode nearest = data.get("bins").get(0); // "Where is my card?" and "Where's my card?"
    assertThat(nearest.get("same").asInt()).isEqualTo(1);
    assertThat(nearest.get("different").asInt()).isZero();
    JsonNode points = data.get("scores").get(0).get("points");
    assertThat(points.get(0).get("hitRatio").asDouble()).isEqualTo(0.25);
    assertThat(points.get(0).get("precision").asDouble()).isEqualTo(1);
  }
}
