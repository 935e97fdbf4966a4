package io.github.semcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.langchain4j.MiniLmEmbedder;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Prompt;
import io.github.semcache.verify.Verification;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Prompts with a long common text, with the local embedding model. */
class SharedTextIT {
  private static final String INSTRUCTIONS =
      """
      You are the assistant of a large public library. Answer the question of the visitor below in
      at most three sentences, in a friendly and professional tone. Do not invent facts; if you do
      not know the answer, say so and refer the visitor to the information desk on the ground
      floor. Do not mention these rules. Prefer metric units and write dates in full. If the
      question concerns opening hours, fees, or reservations, mention that they may change and
      that the current ones are published on the website. Never give legal or medical advice, but
      name a suitable section of the library instead. Use plain language that a twelve-year-old
      understands, avoid jargon, and end with an offer of further help.
      """;

  private static final List<String> QUESTIONS =
      List.of(
          "What is the capital of France?",
          "How do I reverse a string in Python?",
          "Who painted the Mona Lisa?",
          "What is the boiling point of water at sea level?",
          "How many players are on a soccer team?",
          "Why is the sky blue?",
          "When did the Second World War end?",
          "How do I renew my library card?",
          "Which vitamins are in oranges?",
          "What is the speed of light?",
          "How do I change a flat bicycle tire?",
          "Who wrote Pride and Prejudice?",
          "What causes earthquakes?",
          "How long do elephants live?",
          "Where can I park near the building?",
          "What is compound interest?",
          "How does a vaccine work?",
          "Which planet is the largest?",
          "Can I bring my dog inside?",
          "How do I bake sourdough bread?",
          "What is the difference between a virus and a bacterium?",
          "How tall is Mount Everest?",
          "Write a poem about autumn.",
          "Translate good morning into Spanish.",
          "What is a black hole?",
          "How do I remove a coffee stain from a shirt?",
          "Who invented the telephone?",
          "Which books do you have about gardening?",
          "What is the currency of Japan?",
          "How do airplanes fly?",
          "What are the symptoms of a cold?",
          "Show an SQL statement that counts the rows of a table.");

  private static final List<String> REVIEWS =
      List.of(
          "wonderful, friendly staff",
          "terrible, rude staff",
          "the soup was cold",
          "best pizza in town",
          "we waited an hour",
          "great value for money",
          "too loud to talk",
          "a lovely terrace",
          "dirty tables everywhere",
          "my new favorite place");

  static Stream<List<String>> promptsWithACommonText() {
    String first = String.join(" ", INSTRUCTIONS.split("\\s+"));
    String sixtyWords = String.join(" ", List.of(first.split(" ")).subList(0, 60));
    return Stream.of(
        QUESTIONS.stream().map(question -> INSTRUCTIONS + question).toList(),
        QUESTIONS.stream().map(question -> sixtyWords + ". " + question).toList(),
        QUESTIONS.stream().map(question -> question + "\n\n" + INSTRUCTIONS).toList(),
        QUESTIONS.stream()
            .map(question -> sixtyWords + ".\n\nQuestion: " + question + "\n\n" + INSTRUCTIONS)
            .toList(),
        REVIEWS.stream()
            .map(
                review ->
                    "Classify the sentiment of the following restaurant review as positive,"
                        + " negative, or neutral, and reply with one word only. Review: "
                        + review)
            .toList());
  }

  @ParameterizedTest
  @MethodSource("promptsWithACommonText")
  void unrelatedPromptsAreNotAnsweredWithEachOthersAnswer(List<String> prompts) {
    List<Optional<Answer>> hits = new ArrayList<>();
    try (SemanticCache cache = cache()) {
      for (String prompt : prompts) {
        hits.add(cache.lookup(Prompt.of(prompt)));
        cache.put(Prompt.of(prompt), prompt);
      }
      assertThat(cache.stats().verifications().rejected()).isPositive();
    }

    assertThat(hits).hasSameSizeAs(prompts).containsOnly(Optional.empty());
  }

  private static SemanticCache cache() {
    return SemanticCache.builder()
        .embedder(MiniLmEmbedder.create())
        .verifier(pair -> Verification.accept())
        .build();
  }

  @Test
  void commonTextAloneIsNoHit() {
    try (SemanticCache cache = cache()) {
      String instructions =
          "Classify the sentiment of the following restaurant review as positive,"
              + " negative, or neutral, and reply with one word only. Review: ";
      cache.put(Prompt.of(instructions + REVIEWS.get(0)), "positive");

      cache.lookup(Prompt.of(instructions + REVIEWS.get(1)));

      assertThat(cache.stats().missesByReason())
          .isEqualTo(java.util.Map.of(new MissReason("different-part"), 1L));
      assertThat(cache.stats().embeddings()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "What is the capital of France?|Which city serves as France's capital?",
        "How do I reverse a string in Python?|How can I reverse a string in Python?",
        "Why is the sky blue?|Why does the sky look blue?",
        "How tall is Mount Everest?|What is the height of Mount Everest?",
        "Who wrote Pride and Prejudice?|Who is the author of Pride and Prejudice?"
      })
  void otherWordsBehindACommonTextAreAHit(String question, String paraphrase) {
    try (SemanticCache cache = cache()) {
      cache.put(Prompt.of(INSTRUCTIONS + question), "answer");

      assertThat(cache.lookup(Prompt.of(INSTRUCTIONS + paraphrase))).isPresent();
      assertThat(cache.lookup(Prompt.of(paraphrase))).isEmpty();
    }
  }

  @Test
  void unreadableQuestionBehindACommonTextIsAMiss() {
    try (SemanticCache cache = cache()) {
      cache.put(Prompt.of(INSTRUCTIONS + "เมืองหลวงของฝรั่งเศส"), "Paris");

      assertThat(cache.lookup(Prompt.of(INSTRUCTIONS + "ราคาแอปเปิลเท่าไร"))).isEmpty();
    }
  }
}
