package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tests the merging of the chunks of a stream. */
class ChunkMergerTest {

  /** Merges chunks whose only choice has the given fields. */
  private static ObjectNode merged(String... choices) throws IOException {
    AnswerAccumulator accumulator = new ChatCompletionsApi().newAccumulator();
    for (String choice : choices) {
      accumulator.add(
          "{\"id\":\"c\",\"obfuscation\":\"x8fQ\",\"choices\":[{\"index\":0," + choice + "}]}");
    }
    Optional<ObjectNode> completion = accumulator.add("[DONE]");
    return completion.orElseThrow();
  }

  @Test
  void textsAreConcatenatedExceptNames() throws IOException {
    ObjectNode completion =
        merged(
            "\"delta\":{\"reasoning_details\":[{\"index\":0,\"type\":\"text\",\"format\":\"f\",\"text\":\"ha\"}]}",
            "\"delta\":{\"reasoning_details\":[{\"index\":0,\"type\":\"text\",\"format\":\"f\",\"text\":\"ha\"}]}",
            "\"delta\":{},\"finish_reason\":\"stop\"");

    assertThat(completion.at("/choices/0/message/reasoning_details/0").toString())
        .isEqualTo("{\"index\":0,\"type\":\"text\",\"format\":\"f\",\"text\":\"haha\"}");
    assertThat(completion.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void listsOfAChoiceAreConcatenated() throws IOException {
    ObjectNode completion =
        merged(
            "\"delta\":{\"content\":\"a\"},\"token_ids\":[1,2]",
            "\"delta\":{\"content\":\"b\"},\"token_ids\":[3]");

    assertThat(completion.at("/choices/0/token_ids").toString()).isEqualTo("[1,2,3]");
    assertThat(completion.at("/choices/0/message/content").asText()).isEqualTo("ab");
  }

  @Test
  void obfuscationIsRemoved() throws IOException {
    assertThat(merged("\"delta\":{}").has("obfuscation")).isFalse();
  }
}
