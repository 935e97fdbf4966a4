package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import io.github.semcache.internal.language.Token;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoleRulesTest {
  private static @Nullable String difference(String first, String second) {
    return RoleRules.difference(tokens(first), tokens(second));
  }

  private static List<Token> tokens(String text) {
    return TextAnalysis.of(Dictionary.english(), text).tokens();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "can i eat a snack before dinner | may i eat dinner before a snack",
        "customs rules for mexican trucks in norway | customs rules for norwegian trucks in mexico",
        "import duty for us firms exporting to japan | import duty for japanese firms exporting to the us",
        "grants for german students moving to peru | grants for peruvian students moving to germany",
        "do wolves fear bears in winter | in winter do bears fear wolves",
        "put the lamp under the shelf | please put the shelf under the lamp"
      })
  void wordsThatExchangeTheirPlacesDiffer(String first, String second) {
    assertThat(difference(first, second)).isEqualTo("order");
    assertThat(difference(second, first)).isEqualTo("order");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "how do tides shape the coast of wales | how does the coast of wales shape tides",
        "the refund for the trip that you booked | the refund for the trip that i booked",
        "where is the note you wrote | where is the note i wrote",
        "do i have to pay rent to my aunt | does my aunt have to pay rent to me",
        "lower the fee to 5 percent | lower the fee by 5 percent",
        "i have to land at 6 pm | i have to land before 6 pm",
        "ring me when i leave the lab | ring me when i reach the lab",
        "a poem for my aunt | a poem about my aunt",
        "how many races did she win for the club | how many races did she win against the club",
        "can i pick up the parcel | can my neighbor pick up the parcel",
        "how many rupees is 40 dollars | how much are 40 indian rupees in dollars",
        "water it twice a week | water it twice a day",
        "find bands like kino | find bands by kino"
      })
  void otherSubjectsNumbersAndRelationsDiffer(String first, String second) {
    assertThat(difference(first, second)).isEqualTo("order");
    assertThat(difference(second, first)).isEqualTo("order");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "my kayak is lost, how do i report it | how do i report a lost kayak",
        "can you help me find a dentist | can i get help finding a dentist",
        "what happens if you lose the key | what happens if i lose the key",
        "how do you fold a map | how do i fold a map",
        "a guide about bees | a guide on bees",
        "can i use my key abroad | can my key be used abroad",
        "can i add my son to the plan | can my son be added to the plan",
        "how many pounds are 40 euros | how much are 40 euros in pounds",
        "water it once every day | water it once a day",
        "the weather tomorrow in oban | in oban the weather tomorrow",
        "is tea stronger than cocoa | is tea really stronger than cocoa"
      })
  void otherWordingsHaveTheSameRoles(String first, String second) {
    assertThat(difference(first, second)).isNull();
    assertThat(difference(second, first)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "which ferry sails between kiel and oslo | which ferry sails from oslo to kiel",
        "the trail between the lake and the hut | the trail to the lake from the hut",
        "copy files between the laptop and the server | copy files server to laptop"
      })
  void oppositeDirectionDiffers(String between, String reversed) {
    assertThat(difference(between, reversed)).isEqualTo("order");
    assertThat(difference(reversed, between)).isEqualTo("order");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "what do i owe | what am i owed",
        "when did he sue | when was he sued",
        "how often do they visit | how often are they visited",
        "i robbed a man, who pays | i was robbed by a man, who pays",
        "who did she replace | who was she replaced by",
        "how do we invite | how are we invited"
      })
  void subjectThatBecomesTheObjectDiffers(String active, String passive) {
    assertThat(difference(active, passive)).isEqualTo("order");
    assertThat(difference(passive, active)).isEqualTo("order");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ferries from oslo to kiel | ferries to kiel from oslo",
        "which ferry sails between kiel and oslo | which ferry sails from kiel to oslo",
        "the road between kiel and oslo | the road between oslo and kiel",
        "compare tea and coffee | compare coffee and tea",
        "the distance between kiel and oslo | the distance between oslo and kiel",
        "why was i charged a fee | why did you charge me a fee",
        "can my landlord evict me | can i be evicted by my landlord",
        "how do you make cheese | how is cheese made",
        "when will i get paid | when am i getting paid",
        "a poem for the birthday of my mother | a birthday poem for my mother",
        "'' | what am i owed",
        "snow | snow"
      })
  void paraphrasesDoNotDiffer(String first, String second) {
    assertThat(difference(first, second)).isNull();
    assertThat(difference(second, first)).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "why was i billed a fee | why did you bill me a fee",
        "can we be evicted by the owner | can the owner evict us",
        "were they invited | did you invite them"
      })
  void passiveIsRecognized(String passive, String active) {
    assertThat(RoleRules.isPassive(tokens(passive), tokens(active))).isTrue();
    assertThat(RoleRules.isPassive(tokens(active), tokens(passive))).isFalse();
    assertThat(RoleRules.isPassive(tokens(passive), tokens(passive))).isFalse();
  }
}
