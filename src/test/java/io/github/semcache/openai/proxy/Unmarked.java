package io.github.semcache.openai.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.responses.Response;

/** Hits without the field that distinguishes them from answers of the model. */
@SuppressWarnings("deprecation") // unknown fields are internal to openai-java
final class Unmarked {
  private Unmarked() {}

  /** Returns the completion without its mark, which must be present. */
  static ChatCompletion of(ChatCompletion hit) {
    assertThat(hit._additionalProperties()).containsKey(CacheControl.HIT);
    return hit.toBuilder().removeAdditionalProperty(CacheControl.HIT).build();
  }

  /** Returns the response without its mark, which must be present. */
  static Response of(Response hit) {
    assertThat(hit._additionalProperties()).containsKey(CacheControl.HIT);
    return hit.toBuilder().removeAdditionalProperty(CacheControl.HIT).build();
  }
}
