package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtSession.SessionOptions;
import dev.langchain4j.model.scoring.onnx.OnnxScoringModel;
import io.github.semcache.evaluation.LabeledPair;
import io.github.semcache.evaluation.PairReplay;
import io.github.semcache.evaluation.PrecisionCurve;
import io.github.semcache.testkit.FakeEmbedder;
import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification;
import io.github.semcache.verify.Verification.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests {@link LangChain4jVerifier} with a local ONNX file and its tokenizer: two inputs, one
 * logit. The model subtracts the sum of the token numbers of one text from that of the other.
 */
final class OnnxCrossEncoderTest {
  private static final String TOKENIZER =
      """
      {
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
        "normalizer": {"type": "Lowercase"}, "pre_tokenizer": {"type": "Whitespace"},
        "post_processor": {
          "type": "TemplateProcessing",
          "single": [{"Sequence": {"id": "A", "type_id": 0}}],
          "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
          "special_tokens": {}
        },
        "decoder": null,
        "model": {
          "type": "WordLevel", "unk_token": "[UNK]",
          "vocab": {"[UNK]": 0, "open": 1, "the": 2, "door": 3, "window": 9}
        }
      }
      """;

  @TempDir private Path directory;

  @Test
  void pairIsDecidedByTheLogitOfALocalModel() throws IOException {
    Path model = Files.write(directory.resolve("model.onnx"), TinyOnnxModel.tokenDifference(2));
    Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), TOKENIZER);
    try (OnnxScoringModel scoring = new OnnxScoringModel(model.toString(), tokenizer.toString())) {
      LangChain4jVerifier verifier = LangChain4jVerifier.of(scoring, 0.5, -2);

      Verification same = verifier.verify(pair("Open the door", "the door open"));
      Verification near = verifier.verify(pair("Open the door", "the door"));
      Verification other = verifier.verify(pair("Open the door", "open the window"));

      assertThat(same.outcome()).isEqualTo(Outcome.ACCEPT);
      assertThat(near.outcome()).isEqualTo(Outcome.ACCEPT);
      assertThat(near.score().orElseThrow()).isCloseTo(1, within(1e-6));
      assertThat(other.outcome()).isEqualTo(Outcome.REJECT);
    }
  }

  @Test
  void thresholdIsFittedToLabeledPairs() throws IOException {
    Path model = Files.write(directory.resolve("model.onnx"), TinyOnnxModel.tokenDifference(2));
    Path tokenizer = Files.writeString(directory.resolve("tokenizer.json"), TOKENIZER);
    List<LabeledPair> pairs =
        List.of(
            new LabeledPair("open the door", "the door open", true, 1),
            new LabeledPair("open the door", "the door", true, 2),
            new LabeledPair("open the door", "open the window", false, 3));
    try (OnnxScoringModel scoring =
        new OnnxScoringModel(
            model.toString(), new SessionOptions(), tokenizer.toString(), 510, true)) {

      PrecisionCurve curve =
          PairReplay.builder(new FakeEmbedder())
              .scoredBy(LangChain4jVerifier.of(scoring, 0.5))
              .build()
              .run(pairs)
              .curve();

      assertThat(curve.points())
          .extracting(PrecisionCurve.Point::precision)
          .containsExactly(1.0, 1.0, 2.0 / 3);
      assertThat(curve.points().get(1).threshold()).isCloseTo(1 / (1 + Math.exp(-1)), within(1e-6));
    }
  }

  private static Pair pair(String query, String cachedPrompt) {
    return new Pair(query, cachedPrompt, "the answer", 0.1);
  }
}
