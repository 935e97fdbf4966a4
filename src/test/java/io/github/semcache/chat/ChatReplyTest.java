package io.github.semcache.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.chat.ChatReply.Admission;
import io.github.semcache.chat.ChatReply.FinishReason;
import io.github.semcache.chat.ChatReply.TokenUsage;
import io.github.semcache.prompt.Prompt;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ChatReplyTest {

  @Test
  void eachSetterChangesOneComponent() {
    ChatReply reply =
        ChatReply.of("Paris")
            .model("m")
            .finishReason(FinishReason.LENGTH)
            .usage(new TokenUsage(10, 5))
            .payload("{}");

    assertThat(reply)
        .isEqualTo(
            new ChatReply(
                "Paris",
                Optional.of("m"),
                FinishReason.LENGTH,
                Optional.of(new TokenUsage(10, 5)),
                Optional.of("{}")));
  }

  @Test
  void toStringContainsNeitherTextNorPayload() {
    assertThat(ChatReply.of("secret").payload("hidden").toString())
        .doesNotContain("secret", "hidden")
        .contains("STOP");
  }

  @Test
  void negativeTokenUsageIsRejected() {
    assertThatThrownBy(() -> new TokenUsage(-1, 5))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token usage is -1 input and 5 output tokens; both must be at least 0");
    assertThat(new TokenUsage(10, 5).totalTokens()).isEqualTo(15);
  }

  @ParameterizedTest
  @EnumSource
  void onlyCompleteAnswersAreAdmittedByDefault(FinishReason finishReason) {
    Prompt prompt = Prompt.of("What is the capital of France?");
    ChatReply reply = ChatReply.of("Paris").finishReason(finishReason);

    assertThat(Admission.completeAnswers().admits(prompt, reply))
        .isEqualTo(finishReason == FinishReason.STOP);
    assertThat(Admission.completeAnswers().admits(prompt, ChatReply.of(" "))).isFalse();
    assertThat(Admission.everything().admits(prompt, reply)).isTrue();
  }

  @Test
  void clientOfAFunctionRepliesWithItsTextAndModel() {
    ChatClient client = ChatClient.of("m", prompt -> "echo " + prompt.text());

    assertThat(client.chat(Prompt.of("hello"))).isEqualTo(ChatReply.of("echo hello").model("m"));
    assertThat(client.settings()).containsExactly(Map.entry("model", "m"));
  }
}
