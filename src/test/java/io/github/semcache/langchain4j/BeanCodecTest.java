package io.github.semcache.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.model.output.TokenUsage;
import org.junit.jupiter.api.Test;

class BeanCodecTest {
  /** A class that a store could name. */
  record Foreign(String text) {}

  @Test
  void classOfAnotherLibraryIsReadOnlyWhereItIsDeclared() {
    JsonNode json = BeanCodec.encode(new Foreign("text"));

    assertThat(BeanCodec.decode(json, Foreign.class)).isEqualTo(new Foreign("text"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BeanCodec.decode(json, Object.class))
        .withMessage("a stored value is of a class outside LangChain4j");
  }

  @Test
  void classOfLangChain4jIsReadAsAValueOfAnyType() {
    TokenUsage usage = new TokenUsage(1, 2, 3);

    assertThat(BeanCodec.decode(BeanCodec.encode(usage), Object.class)).isEqualTo(usage);
  }
}
