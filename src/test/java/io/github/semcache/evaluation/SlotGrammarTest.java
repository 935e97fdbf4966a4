package io.github.semcache.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlotGrammarTest {
  private static final String GRAMMAR =
      """
      # a comment
      show = show me|list
      city: oslo, rome, lima
      domain trains
      day: monday, sunday
      intent find
      - %show {the|all} trains from [city] to [city#2]
      - trains from [city] to [city#2]
      + on [day]
      + with a bar
      intent cost
      - how much is a train to [city]
      domain rooms
      intent heat
      - heat the room
      """;

  private final SlotGrammar grammar = SlotGrammar.parse(GRAMMAR);

  private static String plain(LabeledPrompt prompt) {
    return prompt.text().toLowerCase(Locale.ROOT).replaceAll("[.?]$", "");
  }

  @Test
  void domainsAreListedInOrder() {
    assertThat(grammar.domains()).containsExactly("trains", "rooms");
  }

  @Test
  void sameSeedGivesTheSamePrompts() {
    assertThat(grammar.prompts("trains", 50, 7)).isEqualTo(grammar.prompts("trains", 50, 7));
    assertThat(grammar.prompts("trains", 50, 7)).isNotEqualTo(grammar.prompts("trains", 50, 8));
  }

  @Test
  void labelNamesIntentAndSlots() {
    for (LabeledPrompt prompt : grammar.prompts("trains", 300, 1)) {
      String text = plain(prompt);
      String label = prompt.label().orElseThrow();
      for (String value : List.of("oslo", "rome", "lima", "monday", "sunday")) {
        assertThat(label.contains("=" + value)).as(text).isEqualTo(text.contains(value));
      }
      assertThat(label.startsWith("trains cost")).isEqualTo(text.startsWith("how much"));
    }
  }

  @Test
  void choicesDoNotChangeTheLabelAndRolesDo() {
    Map<String, Set<String>> labels =
        grammar.prompts("trains", 2_000, 1).stream()
            .collect(
                Collectors.groupingBy(
                    SlotGrammarTest::plain,
                    Collectors.mapping(p -> p.label().orElseThrow(), Collectors.toSet())));

    assertThat(labels.values()).allMatch(found -> found.size() == 1);
    assertThat(labels.get("list all trains from oslo to rome"))
        .isEqualTo(labels.get("show me the trains from oslo to rome"))
        .isEqualTo(labels.get("trains from oslo to rome"));
    assertThat(labels.get("trains from rome to oslo"))
        .isNotEqualTo(labels.get("trains from oslo to rome"));
    assertThat(labels.get("trains from oslo to rome with a bar"))
        .isNotEqualTo(labels.get("trains from oslo to rome"));
    assertThat(labels.get("trains from oslo to rome with a bar on monday"))
        .isEqualTo(labels.get("trains from oslo to rome on monday with a bar"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "domain a\nnonsense",
        "- template before an intent",
        "intent without a domain\n- x",
        "domain a\nintent b\n- fly to [city]",
        "domain a\nintent b\n- %verb it",
        "domain a\nintent b"
      })
  void malformedGrammarIsRejected(String text) {
    assertThatThrownBy(() -> SlotGrammar.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unknownDomainIsRejected() {
    assertThatThrownBy(() -> grammar.prompts("ships", 1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ships");
  }
}
