package io.github.semcache.internal.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {
  private static String canonical(String json) {
    try {
      return CanonicalJson.of(new JsonMapper().readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Test
  void orderOfKeysIsIrrelevant() {
    assertThat(canonical("{\"b\":{\"d\":1,\"c\":[{\"y\":1,\"x\":2}]},\"a\":2}"))
        .isEqualTo("{\"a\":2,\"b\":{\"c\":[{\"x\":2,\"y\":1}],\"d\":1}}");
  }

  @Test
  void orderOfPropertiesAndEnumValuesIsRelevant() {
    String schema =
        "{\"type\":\"object\",\"properties\":{\"b\":{\"type\":\"string\",\"enum\":[\"y\",\"x\"]},"
            + "\"a\":{\"type\":\"string\"}}}";

    assertThat(canonical(schema))
        .isEqualTo(
            "{\"properties\":{\"b\":{\"enum\":[\"y\",\"x\"],\"type\":\"string\"},"
                + "\"a\":{\"type\":\"string\"}},\"type\":\"object\"}");
    assertThat(canonical("{\"default\":{\"b\":1,\"a\":2}}"))
        .isEqualTo("{\"default\":{\"b\":1,\"a\":2}}");
  }
}
