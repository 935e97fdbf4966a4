package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChunkMergerTest {

  /** The whole completion of chunks whose only choice has these fields. */
  private static ObjectNode joined(String... choices) throws IOException {
    AnswerAccumulator accumulator = new ChatCompletionsApi().newAccumulator();
    for (String choice : choices) {
      accumulator.add(
          "{\"id\":\"c\",\"obfuscation\":\"x8fQ\",\"choices\":[{\"index\":0," + choice + "}]}");
    }
    Optional<ObjectNode> whole = accumulator.add("[DONE]");
    return whole.orElseThrow();
  }

  @Test
  void textsAreContinuedButNamesAreNot() throws IOException {
    ObjectNode whole =
        joined(
            "\"delta\":{\"reasoning_details\":[{\"index\":0,\"type\":\"text\",\"format\":\"f\",\"text\":\"ha\"}]}",
            "\"delta\":{\"reasoning_details\":[{\"index\":0,\"type\":\"text\",\"format\":\"f\",\"text\":\"ha\"}]}",
            "\"delta\":{},\"finish_reason\":\"stop\"");

    assertThat(whole.at("/choices/0/message/reasoning_details/0").toString())
        .isEqualTo("{\"index\":0,\"type\":\"text\",\"format\":\"f\",\"text\":\"haha\"}");
    assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void listsThatAChoiceContinuesAreJoined() throws IOException {
    ObjectNode whole =
        joined(
            "\"delta\":{\"content\":\"a\"},\"token_ids\":[1,2]",
            "\"delta\":{\"content\":\"b\"},\"token_ids\":[3]");

    assertThat(whole.at("/choices/0/token_ids").toString()).isEqualTo("[1,2,3]");
    assertThat(whole.at("/choices/0/message/content").asText()).isEqualTo("ab");
  }

  @Test
  void paddingOfTheStreamIsNoPartOfTheAnswer() throws IOException {
    assertThat(joined("\"delta\":{}").has("obfuscation")).isFalse();
  }
}
