package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandRulesTest {
  private static @Nullable String difference(String first, String second) {
    return CommandRules.difference(new SurfaceTokens(first), new SurfaceTokens(second));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turn up the lamps in the greenhouse | turn the greenhouse lamps on",
        "switch the heater in the barn off | please turn the heater down in the barn",
        "turn it on | turn it up",
        "barn lights on | barn lights off please",
        "could you shut off the sprinkler | switch on the sprinkler",
        "put rye on the supply list | take rye off the supply list",
        "write rye on the supply list | remove rye from the supply list",
        "i want to add a guest | i'd like to remove a guest",
        "set a reminder to prune the roses | delete the reminder to prune the roses",
        "schedule a visit for monday | cancel the visit on monday",
        "show my notes about bees | delete my notes about bees",
        "read the messages from otto | text otto the messages",
        "play the podcast | pause the podcast"
      })
  void commandsWithOppositeEffectsDiffer(String first, String second) {
    assertThat(difference(first, second)).isEqualTo("opposite");
    assertThat(difference(second, first)).isEqualTo("opposite");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "open the hatch | is the hatch open",
        "please lock the shed | did i lock the shed",
        "turn on the pump | are the pumps on",
        "schedule an inspection for friday | do i have an inspection on friday",
        "wake me at dawn | when do i wake up",
        "make sure that the hatch is shut | check if the hatch is shut",
        "ensure the pump is running | is the pump running",
        "make sure the hatch is shut | is that hatch shut or not",
        "make sure the hatch is shut | hatch shut or not",
        "i forgot to close the hatch, please do it | did i close the hatch",
        "email otto | did otto email me",
        "call the vet | has the vet called"
      })
  void commandDiffersFromQuestionAboutTheState(String command, String question) {
    assertThat(difference(command, question)).isEqualTo("question");
    assertThat(difference(question, command)).isEqualTo("question");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "turn the greenhouse lamps on | switch on the lamps in the greenhouse",
        "turn off the pump | shut the pump off please",
        "add rye to the supply list | could you put rye on the supply list",
        "cancel my visit | i'd like to cancel the visit",
        "how do i cancel my order | cancel my order",
        "can i change my address | change my address",
        "can i take salt with my tea | is it ok to take salt with my tea",
        "can i open the hatch | is the hatch open",
        "order status | what is my order status",
        "cancel my card | what is the best way to cancel my card",
        "open an account | is it possible to open an account",
        "call history | what is my call history",
        "show me flights to oslo | are there any flights to oslo",
        "what movies are on | which movies are on",
        "please | on",
        "'' | turn on",
        "can you | could you please"
      })
  void paraphrasesDoNotDiffer(String first, String second) {
    assertThat(difference(first, second)).isNull();
    assertThat(difference(second, first)).isNull();
  }
}
