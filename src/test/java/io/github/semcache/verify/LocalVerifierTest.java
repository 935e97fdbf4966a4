package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.semcache.verify.PairVerifier.Pair;
import io.github.semcache.verify.Verification.Outcome;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalVerifierTest {
  private static final double CLOSE = 0.03;
  private final LocalVerifier verifier = PairVerifier.local();

  private Verification verify(String query, String cached, double distance) {
    return verifier.verify(new Pair(query, cached, "answer", distance));
  }

  /** Asserts that neither direction is accepted, however close the embeddings are. */
  private void assertNotAccepted(String first, String second) {
    String a = first.translateEscapes();
    String b = second.translateEscapes();
    assertThat(verify(a, b, CLOSE).outcome()).as("%s | %s", a, b).isNotEqualTo(Outcome.ACCEPT);
    assertThat(verify(b, a, CLOSE).outcome()).as("%s | %s", b, a).isNotEqualTo(Outcome.ACCEPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "does the deutsche bahn app sell tickets | does the swiss app sell tickets",
        "is the us open ticket refundable | is the wimbledon ticket refundable",
        "where is the head office of nokia | where is the head office of best buy",
        "are german trains late today | are night trains late today"
      })
  void nameInThePlaceOfOtherWordsIsNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "set a kiln timer for ten minutes | set a kiln timer for 10 minutes",
        "reserve a kayak on 5 june | reserve a kayak on june 5th",
        "open the greenhouse vents at 3 pm | open the greenhouse vents at 15:00",
        "how much is $80 in yen | how much is 80 dollars in yen",
        "list the tents under $80 | list the tents under 80 dollars",
        "fire the kiln at 900 degrees celsius | fire the kiln at 900°C"
      })
  void quantitiesInRequestsMayBeSpelledDifferently(String first, String second) {
    assertThat(verify(first, second, CLOSE).outcome()).isEqualTo(Outcome.ACCEPT);
    assertThat(verify(second, first, CLOSE).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "explain glaciers | what is a glacier",
        "describe how kilns work | describe how a kiln works",
        "summarise the plot of the saga | summarise the saga's plot",
        "show the ferries that stop in oslo | show the ferries stopping in oslo",
        "give the oboe concert 4 out of 6 stars | give the oboe concert 4 of 6 stars"
      })
  void tasksAndVerbsOfCommandsMayBeReworded(String first, String second) {
    assertThat(verify(first, second, CLOSE).outcome()).isEqualTo(Outcome.ACCEPT);
    assertThat(verify(second, first, CLOSE).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "write a function that sorts names | write a recursive function that sorts names",
        "write a poem about herons | write a poem about otters",
        "explain tidal power | explain tidal friction",
        "compare oak and ash | compare oak and elm",
        "summarise the saga | summarise the third saga",
        "switch to night mode | switch to sport mode",
        "order a sleigh | cancel a sleigh",
        "use the sauna mode | disable the sauna mode",
        "mail the star chart | print the star chart",
        "run the mill in ten minutes | run the mill for ten minutes",
        "add hay to the barn list | check hay on the barn list",
        "kayaks to oslo | canoes to oslo"
      })
  void tasksWithOtherDetailsAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "HOW DO I CLEAN MY KILN | How do I clean my kiln?",
        "Oak vs ash? | oak vs. Ash",
        "Is the kiosk open at 8 AM? | is the kiosk open at 8 am",
        "Where IS the kiosk? | Where is the kiosk?",
        "What happened on 3 May 1968 in Oslo? | What happened on May 3rd, 1968 in Oslo?",
        "What is 30 percent of 70? | What's 30% of 70?",
        "Trains from NYC to Boston | Trains from New York City to Boston",
        "My kiln broke. Why is this happening? | My kiln broke. Why is that?",
        "Why was I billed a fee? | Why did you bill me a fee?"
      })
  void styleIsNoDifference(String first, String second) {
    assertThat(verify(first, second, CLOSE).outcome()).isNotEqualTo(Outcome.REJECT);
    assertThat(verify(second, first, CLOSE).outcome()).isNotEqualTo(Outcome.REJECT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "how much does this kiln cost to run | what does it cost to run that kiln",
        "can this be recycled | can that be recycled"
      })
  void otherDemonstrativesAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  /** Requests of domains that neither the data nor the grammar of the model has. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "show me round trip ferries to oslo | are there any ferries to oslo",
        "ferries to oslo please | one way ferries to oslo",
        "list evening ferries to oslo | are there any ferries to oslo",
        "show me the velvet curtains by marimekko | which curtains by marimekko are there"
      })
  void requestWithAnAdditionalModifierIsNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "show me the ferns in greenhouse two | show me the ferns in greenhouse three",
        "list the paintings by vermeer | list the paintings by rembrandt",
        "list the paintings by vermeer | list the paintings by vermeer in the east wing",
        "find beehives near the orchard | find beehives near the orchard after sunset",
        "water the tomatoes for ten minutes | water the tomatoes for twenty minutes",
        "water the tomatoes | water the cucumbers",
        "ship the parcel from bergen to malmo | ship the parcel from malmo to bergen",
        "which satellites pass over lisbon at night | which satellites pass over porto at night",
        "open the valve on tank seven | close the valve on tank seven",
        "print the oldest invoice | print the newest invoice",
        "what crystals are heavier than quartz | what crystals are lighter than quartz",
        "find the widest bridge in the county | find the widest tunnel in the county",
        "tell me the depth of the north well | tell me the depth of the south well",
        "assign the ticket to nadia | assign the ticket to omar"
      })
  void requestsOfOtherDomainsWithOtherSlotsAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "In what year was the Brandenburg Gate constructed? | When was the Brandenburg Gate built?",
        "Meaning of the 503 status in HTTP | What does the HTTP status code 503 mean?",
        "Who was the winner of the 2014 final? | Which team won the 2014 final?"
      })
  void questionsAboutFactsInOtherFormsAreAccepted(String first, String second) {
    assertThat(verify(first, second, CLOSE).outcome()).isEqualTo(Outcome.ACCEPT);
    assertThat(verify(second, first, CLOSE).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @Test
  void verifierIsStrictBeforeAModelUnlessItHasThresholdsOfItsOwn() {
    Pair pair =
        new Pair(
            "how can dogs safely eat chocolate",
            "is it safe for dogs to eat chocolate",
            "no",
            0.05);
    PairVerifier model =
        new PairVerifier() {
          @Override
          public Verification verify(Pair asked) {
            return Verification.reject("asked");
          }

          @Override
          public boolean asksModel() {
            return true;
          }
        };

    assertThat(verifier.orElse(model).verify(pair).reason()).isEqualTo("asked");
    assertThat(verifier.orElse(other -> Verification.reject("other")).verify(pair).isAccepted())
        .isTrue();
    assertThat(verifier.thresholds(0.9, 0.05).orElse(model).verify(pair).isAccepted()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ferries on may 4 in the morning | ferries on may 4th in the evening",
        "are all rooms heated | are any rooms heated",
        "delete one of the photos | delete all of the photos",
        "call me when it snows | don't call me until it snows",
        "add soap to my gym list | add soap to my travel list",
        "who paints the fence | who painted the fence",
        "list the drawers that hold any knives | list the drawers that hold all knives",
        "when does the sun rise in oban | when is sunset in oban",
        "when does the ferry get in | when does the ferry depart",
        "should i bring a towel | should i bring a towel or a robe",
        "is it quicker by tram from a to b | is it safer by tram from a to b"
      })
  void otherTimesQuantitiesAndQualitiesAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "turn off the barn lights | turn the barn lights off please",
        "wake me at 7:15am | wake me at 7:15 am",
        "book a court for 2 pm on friday | book a court for 2pm on friday",
        "where is parcel 90177 | where is parcel #90177",
        "what did people eat in the 18th century | what did people eat in the eighteenth century",
        "good morning, when does the ferry to st. ives leave | when does the ferry to st. ives"
            + " leave",
        "what is on the list of guests | what is on the guest list",
        "ferries from kiel to oslo on jan 5 | ferries from kiel to oslo on 5 january",
        "salads with no egg | salads without egg"
      })
  void otherSpellingsAndGreetingsAreAccepted(String first, String second) {
    assertThat(verifier.verify(new Pair(first, second, "", 0.08)).isAccepted()).isTrue();
    assertThat(verifier.verify(new Pair(second, first, "", 0.08)).isAccepted()).isTrue();
  }

  @Test
  void addedSentenceIsLeftToAnotherVerifier() {
    Verification verification =
        verify("How can I pay my bill? Wrong answers only.", "How do I pay the bill?", CLOSE);

    assertThat(verification.outcome()).isNotEqualTo(Outcome.ACCEPT);
    assertThat(verification.reason()).isEqualTo("added-sentence");
    assertThat(
            verify(
                "My kettle does not work. How do I get a new one?",
                "How do I get a new kettle?",
                CLOSE))
        .extracting(Verification::outcome, Verification::reason)
        .containsExactly(Outcome.UNSURE, "added-sentence");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "show me the movies at the odeon | show me the movie at the odeon",
        "find the closest pharmacy | find the nearest pharmacy",
        "list the cheapest rooms | list the least expensive rooms",
        "set the volume to four | set the volume to 4",
        "play some songs by the choir | play some tunes by the choir",
        "what films are showing at the odeon | which movies are showing at the odeon",
        "what is the bus schedule of the island | show the bus schedules of the island"
      })
  void otherFormsInRequestsAreLeftToAnotherVerifier(String first, String second) {
    assertThat(verify(first, second, CLOSE).outcome()).isEqualTo(Outcome.UNSURE);
    assertThat(verify(first, second, CLOSE).reason()).isEqualTo("other-form");
    assertThat(verify(first, second, CLOSE).score().orElseThrow()).isLessThan(0.5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "show me the trams from luz to belem | list the trams from luz to belem",
        "find the trams from luz to belem | please find the trams from luz to belem",
        "what trams go from luz to belem | which trams go from luz to belem",
        "i need the schedule of tram 28 | give me the schedule of tram 28"
      })
  void otherVerbsOfRequestsAreAccepted(String first, String second) {
    assertThat(verify(first, second, 0.04).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @Test
  void decisionDoesNotDependOnTheOrderOfThePrompts() {
    String[] words =
        "show find me the a flight flights from to boston denver on monday 2 two why my not cheap x+y"
            .split(" ");
    SplittableRandom random = new SplittableRandom(11);
    for (int i = 0; i < 2_000; i++) {
      String first = randomText(words, random);
      String second = randomText(words, random);
      double distance = random.nextDouble() * 0.3;
      assertThat(verify(first, second, distance))
          .as("%s | %s", first, second)
          .isEqualTo(verify(second, first, distance));
    }
  }

  private static String randomText(String[] words, SplittableRandom random) {
    StringBuilder text = new StringBuilder(words[random.nextInt(words.length)]);
    int count = random.nextInt(7);
    for (int i = 0; i < count; i++) {
      text.append(' ').append(words[random.nextInt(words.length)]);
    }
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "...",
        "What is the capital of France?",
        "如何重置密码?",
        "👍🏿",
        "if x:\n    y()",
        "\u0000"
      })
  void identicalTextsAreAccepted(String text) {
    assertThat(verify(text, text, 0).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "What is the capital of France? | Which city serves as France's capital? | 0.10",
        "What city is the capital of France? | What is the capital of France? | 0.05",
        "What is the capital of France? | what's the capital of france | 0.05",
        "How do I cancel my order? | How can I cancel my order? | 0.05",
        "please tell me how to cancel my order | how to cancel my order | 0.05",
        "What is the weather like in Paris today? | How is the weather in Paris today? | 0.05",
        "is it going to rain in amsterdam this weekend | will it rain in amsterdam this weekend |"
            + " 0.05",
        "list flights to denver from boston | show flights from boston to denver | 0.05",
        "How do I reset my pasword? | How do I reset my password? | 0.05"
      })
  void paraphrasesAreAccepted(String first, String second, double distance) {
    assertThat(verify(first, second, distance).outcome()).isEqualTo(Outcome.ACCEPT);
    assertThat(verify(second, first, distance).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "for i in range(3):\\n    pass\\nprint(i) | for i in range(3):\\n    pass\\n    print(i)",
        "a:\\n  b: 1\\nc: 2 | a:\\n  b: 1\\n  c: 2",
        "all:\\n\\tmake x | all:\\n        make x",
        "name\\tage\\tcity | name age\\tcity",
        "- a\\n  - b\\n- c | - a\\n- b\\n- c",
        "x = \"a  b\" | x = \"a b\""
      })
  void whitespaceThatStructuresTextIsNotIgnored(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "is locker 007 free | is locker 7 free",
        "wake me at 6:45pm | wake me at 6:45",
        "the talk on may 6 at 6 pm | the talk on may 6 at 6 am",
        "Can I take 2 tablets 3 times a day? | Can I take 3 tablets 2 times a day?",
        "What is 2 to the power of 3? | What is 3 to the power of 2?",
        "subtract 5 from 12 | subtract 12 from 5",
        "What is the date 03/04/2025 in words? | What is the date 04/03/2025 in words?",
        "simplify 6/8 | simplify 8/6",
        "What happened on 9/11? | What happened on 11/9?",
        "What does John 3:16 say? | What does John 16:3 say?",
        "swap rows 4 and 7, keep row 9 | swap rows 7 and 9, keep row 4",
        "move 10 units from bin 3 to bin 8 | move 10 units from bin 8 to bin 3",
        "pow(2, 10) | pow(10, 2)",
        "How much is 1,000 dollars in euros? | How much is 1.000 dollars in euros?",
        "What is -5 + 3? | What is 5 + 3?",
        "a table for 4 tonight | a table for six tonight",
        "book a room for May 4 | book a room for May 5"
      })
  void numbersThatMoveOrChangeAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "git push | git push --force",
        "docker rm | docker rm -f",
        "Show all orders | Show all open orders",
        "capital of Guinea | capital of Equatorial Guinea",
        "population of Mexico | population of New Mexico",
        "symptoms of diabetes | symptoms of gestational diabetes",
        "Can I eat mushrooms? | Can I eat wild mushrooms?",
        "flights from boston to denver | flights from boston to denver on sunday",
        "flights from boston to denver | flights from boston to denver that stop in dallas",
        "Who is the president? | Who is the vice president?",
        "Is it safe to drink? | Is it safe to drink and drive?",
        "best laptops | best laptops under 500 dollars",
        "weather in Oslo | weather in Oslo next week"
      })
  void addedConstraintsAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "who won the regatta | who wins the regatta",
        "text me when the ferry docks | text me before the ferry docks",
        "flights boston denver | flights denver boston",
        "EUR/USD rate | USD/EUR rate",
        "Why should we hire you? | Why should you hire us?",
        "teacher hits student | student hits teacher",
        "Can a landlord sue a tenant? | Can a tenant sue a landlord?",
        "Can I fire my employee? | Can my employee fire me?",
        "Does Java call C? | Does C call Java?",
        "encode utf8 as base64 | encode base64 as utf8",
        "are all dogs mammals | are all mammals dogs",
        "Who did Brutus kill? | Who killed Brutus?",
        "flights from Boston to Denver | flights from Denver to Boston",
        "Translate from English to Spanish: house | Translate from Spanish to English: house",
        "convert pdf to word | convert word to pdf",
        "Did Apple sue Samsung? | Did Samsung sue Apple?",
        "who does ann trust if ann trusts ben | who does ben trust if ben trusts ann",
        "who pays rita when rita pays omar | who pays omar when omar pays rita"
      })
  void exchangedRolesAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "what does id 9bZ7q stand for | what does id 9Bz7Q stand for",
        "How long does a download of 100 Mb take? | How long does a download of 100 MB take?",
        "Is 5 mW much? | Is 5 MW much?",
        "What is the molar mass of Co? | What is the molar mass of CO?",
        "Explain the regex \\\\s+ | Explain the regex \\\\S+",
        "Explain the regex ^\\\\d+$ | Explain the regex ^\\\\D+$",
        "Decode base64 aGVsbG8= | Decode base64 AGVSBG8=",
        "what does ls -l do | what does ls -L do",
        "tell us about US policy | tell us about us policy",
        "who wrote It? | who wrote it?",
        "Who is Will? | Who is will?",
        "Is the file readme or README? | Is the file README or readme?"
      })
  void caseThatCarriesMeaningIsNotIgnored(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Explain the regex a{2} | Explain the regex a[2]",
        "evaluate -(3 - 5) | evaluate -3 - 5",
        "explain [[1, 2], [3]] | explain [[1], [2, 3]]",
        "What is the type of (1,)? | What is the type of [1,]?",
        "Explain \"$x\" in bash | Explain '$x' in bash",
        "What is the type of \"1\"? | What is the type of 1?",
        "Is null === undefined | Is null == undefined",
        "explain &x | explain *x",
        "explain a << 2 | explain a >> 2",
        "What is 17 * 23? | What is 17 + 23?",
        "What does 👍🏿 mean? | What does 👍🏻 mean?",
        "explain: let x = foo?.bar | explain: let x = foo!.bar"
      })
  void bracketsQuotesAndSymbolsAreCompared(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Take it once every day | Take it twice every day",
        "a single room | a double room",
        "a full tablet at night | a half tablet at night",
        "Should I take it daily? | Should I take it weekly?",
        "Is 5 mg enough? | Is 5 g enough?",
        "explain x and y | explain x or y",
        "turn on the lights | turn off the lights",
        "minimum age for driving | maximum age for driving",
        "where can i use my library card | where can i get my library card",
        "how do i edit my shipping label | how do i get my shipping label",
        "what is the similarity of cobras and vipers | what is the difference of cobras and vipers",
        "what happens if i sleep too much | what happens if i sleep too little"
      })
  void frequencyQuantityAndOppositesAreCompared(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "yes | no",
        "y | n",
        "a | b",
        "ok | cancel",
        "true | false",
        "next | previous",
        "the first one | the last one",
        "left | right",
        "Option A | Option B",
        "me | you",
        "... | ???",
        "plan b please | plan a please",
        "he | she",
        "Where do they live? | Where does he live?",
        "Tell me more about this | Tell me more about that"
      })
  void shortTurnsAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Translate to French: I am hungry | Translate to French: I am thirsty",
        "Summarise this text: Cats sleep a lot. | Summarise this text: Dogs bark a lot.",
        "Is this message spam?\\n"
            + "\\n"
            + "You won a cruise | Is this message spam?\\n"
            + "\\n"
            + "Can we meet today",
        "Context: the key is in the drawer.\\nWhere is the key? |"
            + " Context: the key is in the cellar.\\nWhere is the key?"
      })
  void templatesWithOtherDataAreNotAccepted(String first, String second) {
    assertNotAccepted(first, second);
  }

  @Test
  void questionsAfterLongSharedInstructionsAreComparedByThemselves() {
    String instructions = "You are a careful assistant that answers in plain English. ".repeat(12);
    assertNotAccepted(
        instructions + "write a poem about the sea", instructions + "write an SQL statement");
    assertNotAccepted(
        instructions + "How do I renew a passport", instructions + "How do I bake bread");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Darf ich Alkohol trinken? | Darf ich keinen Alkohol trinken?",
        "Wie schalte ich das Licht ein? | Wie schalte ich das Licht aus?",
        "Was sind die Vorteile von Solaranlagen? | Was sind die Nachteile von Solaranlagen?",
        "Est-ce que je peux boire ? | Est-ce que je ne peux pas boire ?",
        "¿Cuál es la capital de Perú? | ¿Cuál es la capital de Chile?",
        "¿Cuántos años tiene mi hijo? | ¿Cuántos anos tiene mi hijo?",
        "Какие страны входят в ЕС? | Какие страны не входят в ЕС?",
        "如何打开我的账户？ | 如何关闭我的账户？",
        "从北京到上海怎么走？ | 从上海到北京怎么走？",
        "お酒を飲めますか？ | お酒を飲めませんか？",
        "계정을 만드는 방법은? | 계정을 삭제하는 방법은?",
        "เปิดบัญชีอย่างไร | ปิดบัญชีอย่างไร",
        "ما هو ٣ + ٤؟ | ما هو ٣ + ٥؟",
        "Hesabımı nasıl silerim? | Hesabımı nasıl açarım?"
      })
  void otherLanguagesAreNotAcceptedUnlessTheWordsAreTheSame(String first, String second) {
    assertNotAccepted(first, second);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      value = {
        "Wie lösche ich mein Konto? | wie lösche ich mein konto",
        "¿Dónde está la biblioteca? | dónde está la biblioteca",
        "Как отменить подписку? | как отменить подписку"
      })
  void sameWordsInAnotherLanguageAreAccepted(String first, String second) {
    assertThat(verify(first, second, CLOSE).outcome()).isEqualTo(Outcome.ACCEPT);
  }

  @Test
  void strictVerifierIsUnsureWhereThePlainOneAccepts() {
    Pair pair =
        new Pair(
            "how do i get out of my lease early",
            "What are my options for ending my lease early?",
            "answer",
            0.14);
    Outcome strict = verifier.strict().verify(pair).outcome();

    assertThat(strict).isNotEqualTo(Outcome.ACCEPT);
    assertThat(verifier.thresholds(0, 0).verify(pair).outcome()).isEqualTo(Outcome.ACCEPT);
    assertThat(verifier.thresholds(1, 1).verify(pair).outcome()).isEqualTo(Outcome.REJECT);
    assertThat(verifier.thresholds(1, 0).verify(pair).outcome()).isEqualTo(Outcome.UNSURE);
  }

  @Test
  void largerDistanceNeverRaisesTheScore() {
    double last = 1;
    for (int i = 0; i <= 40; i++) {
      double score =
          verify("how can i cancel the order", "How do I cancel my order?", i / 100.0)
              .score()
              .orElseThrow();
      assertThat(score).isLessThanOrEqualTo(last);
      last = score;
    }
  }

  @Test
  void arbitraryTextNeverFails() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 2_000; i++) {
      String a = text(random);
      String b = random.nextBoolean() ? text(random) : a + text(random);
      assertThatCode(() -> verify(a, b, 0.1)).doesNotThrowAnyException();
    }
  }

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(4)) {
        case 0 -> text.append("ab 1'\"\n\t-.:/(){}[]".charAt(random.nextInt(18)));
        case 1 -> text.append((char) random.nextInt(0x10000));
        case 2 -> text.appendCodePoint(random.nextInt(0x110000));
        default -> text.append(" how many ");
      }
    }
    return text.toString();
  }

  @Test
  void timeIsLinearInTheLengthOfTheTexts() {
    for (String unit :
        new String[] {"alpha beta 12 ", "\" ", "'x' ", "“a ", "([{", "aB ", "1:2 "}) {
      String small = unit.repeat(4_000 / unit.length());
      String large = unit.repeat(32_000 / unit.length());
      time(large);
      long fast = Math.min(time(small), time(small));
      long slow = Math.min(time(large), time(large));
      assertThat(slow).as("time of %s", unit).isLessThan(40 * fast + 50_000_000);
    }
  }

  private long time(String text) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    verify(text + "x", "y" + text, 0.1);
    return threads.getCurrentThreadCpuTime() - start;
  }

  @Test
  void modelFileIsReadBack(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("model.txt");
    Files.writeString(file, verifier.format());
    Pair pair = new Pair("how can i cancel the order", "How do I cancel my order?", "", 0.1);

    assertThat(LocalVerifier.load(file).verify(pair)).isEqualTo(verifier.verify(pair));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "semcache-verifier 2",
        "semcache-verifier 1",
        "semcache-verifier 1\nfeatures distance-",
        "semcache-verifier 1\nthresholds 0.5 0.9 0.1\nbias 0\ntree 0 1 0 -1 1 -1 0",
        "semcache-verifier 1\nthresholds 0.5 0.9 0.1\nbias 0\ntree 900 1 1 -1 1 -1 0",
        "semcache-verifier 1\nthresholds 0.5 0.9 0.1\nbias 0\ntree -1 NaN",
        "semcache-verifier 1\nthresholds 0.9 0.5 0.1\nbias 0\ntree -1 1",
        "semcache-verifier 1\nthresholds 0.5 0.9\nbias 0\ntree -1 1",
        "semcache-verifier 1\nword x"
      })
  void malformedModelIsRejected(String text) {
    assertThatThrownBy(() -> LocalVerifier.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void thresholdsAreChecked() {
    assertThatThrownBy(() -> verifier.thresholds(0.5, 0.6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("thresholds");
  }
}
