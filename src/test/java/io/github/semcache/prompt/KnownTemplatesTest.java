package io.github.semcache.prompt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // the texts are read more easily in one piece
class KnownTemplatesTest {
  private static final String QUESTION = "Who is it?";

  private static QuestionFinder.Question questionIn(String message) {
    return QuestionFinder.Question.in(
            List.of(Optional.of(message)),
            QuestionFinder.templates(),
            failure -> {
              throw new AssertionError(failure);
            })
        .orElseThrow();
  }

  private static void assertQuestion(String before, String after) {
    QuestionFinder.Question found = questionIn(before + QUESTION + after);

    assertThat(found.text()).isEqualTo(QUESTION);
    assertThat(found.context()).containsExactly(before, after);
  }

  @Test
  void questionBeforeThePassagesIsFound() {
    assertQuestion("", "\n\nAnswer using the following information:\nWho is it? It is Kim.");
    assertQuestion(
        "",
        "\n\nContext information is below, surrounded by ---------------------\n\n"
            + "---------------------\nIt is Kim.\n---------------------\n\nGiven the context and"
            + " provided history information and not prior knowledge,\nreply to the user comment."
            + " If the answer is not in the context, inform\nthe user that you can't answer the"
            + " question.\n");
  }

  @Test
  void questionAfterThePassagesIsFoundAlsoIfThePassagesContainIt() {
    String augmented =
        "Context information is below.\n\n---------------------\nHe asked: Who is it?\n\n"
            + "Query: none\n\nAnswer:\n\n\nAnswer using the following information:\n"
            + "---------------------\n\nGiven the context information and no prior knowledge,"
            + " answer the query.\n\nFollow these rules:\n\n1. If the answer is not in the"
            + " context, just say that you don't know.\n2. Avoid statements like \"Based on the"
            + " context...\" or \"The provided information...\".\n\nQuery: ";

    assertQuestion(augmented, "\n\nAnswer:\n");
    assertQuestion(
        augmented, "\n\nAnswer:\n\nYour response should be in JSON format.\nDo not include any");
  }

  @Test
  void questionOfAQueryTransformerIsFound() {
    assertQuestion(
        "Given a user query, rewrite it to provide better results when querying a vector store.\n"
            + "Remove any irrelevant information, and ensure the query is concise and specific.\n\n"
            + "Original query:\n",
        "\n\nRewritten query:\n");
    assertQuestion(
        "Read and understand the conversation between the User and the AI. Then, analyze the new"
            + " query from the User.\n\nConversation:\nUser: Hi\n\nUser query: ",
        "\n\nIt is very important that you provide only reformulated query and nothing else! Do not"
            + " prepend a query with anything!");
  }

  @Test
  void instructionsOnTheFormatAreNotPartOfTheQuestion() {
    assertQuestion("", "\nYou must answer strictly in the following JSON format: {\n\"a\": 1}");
    assertQuestion(
        "",
        "\n\nAnswer using the following information:\nIt is Kim."
            + "\nYou must answer strictly in the following JSON format: {\n\"a\": 1}");
  }

  @Test
  void otherMessagesAreTheQuestion() {
    for (String message :
        List.of(
            QUESTION,
            "Context information is below.\n\nThat is all.",
            "Query: " + QUESTION + "\n\nAnswer:",
            "Answer using the following information: " + QUESTION)) {
      assertThat(questionIn(message).text()).isEqualTo(message);
      assertThat(questionIn(message).context()).isEmpty();
    }
  }

  @Test
  void finderAfterAMarkerReturnsTheLastOccurrence() {
    Optional<QuestionFinder.Question> found =
        QuestionFinder.Question.in(
            List.of(Optional.of("Who is it? said Q: Who is it?")),
            QuestionFinder.after("Q: "),
            failure -> {});

    assertThat(found.orElseThrow().context()).containsExactly("Who is it? said Q: ", "");
  }
}
