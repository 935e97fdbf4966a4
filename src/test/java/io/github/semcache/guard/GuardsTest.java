package io.github.semcache.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards.Lexicon;
import io.github.semcache.guard.Guards.Lexicon.WordList;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests each guard alone: the pairs that it rejects and the pairs that it accepts. */
class GuardsTest {

  private static Optional<RejectionReason> reject(RejectionReason reason, String a, String b) {
    return Guards.english().only(reason).reject(PromptPair.of(a, b));
  }

  private static void assertRejection(boolean rejects, RejectionReason reason, String a, String b) {
    assertThat(reject(reason, a, b)).isEqualTo(rejects ? Optional.of(reason) : Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | table for 4 tonight                | table for 6 tonight
          true  | table for four tonight             | table for 6 tonight
          true  | what happened in 1914              | what happened in 1941
          true  | wake me up at 6:30 am              | wake me up at 6:30 pm
          true  | wake me up at half past six        | wake me up at half past seven
          true  | convert 5 miles to metres          | convert 5 kilometres to metres
          true  | how many yen is $50                | how many yen is €50
          true  | what is 15% of 240                 | what is 25% of 240
          true  | what does release v2.4.1 fix       | what does release v2.4.2 fix
          true  | revenue in March                   | revenue in April
          true  | is the office closed on monday     | is the office closed on tuesday
          true  | the sixteenth president            | the sixth president
          false | table for four tonight             | table for 4 tonight
          false | wake me up at 18:30                | wake me up at 6:30 pm
          false | walk 1 km                          | walk 1,000 m
          false | interest on 10000 over 3 years     | interest on 10,000 over three years
          false | a 60 minute walk                   | a one hour walk
          false | what happened on July 4            | what happened on 4 July
          false | what is that one                   | what is that thing
          false | a salary of 60k                    | a salary of 60,000
          true  | the sine of 30 radians              | the sine of 30 degrees
          true  | fine for a second offence           | fine for a third offence
          false | turn it off after 90 minutes        | turn it off after an hour and a half
          false | is flight UA482 late                | is flight UA 482 late
          """)
  void onlyPairsWithAReplacedNumberAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.REPLACED_NUMBER, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | best phones under 300 dollars      | best phones
          true  | how is the weather                 | how is the weather on the 14th of July 2024
          false | is there one restaurant near me    | is there a restaurant near me
          false | stell den Wecker auf sieben Uhr    | bitte stelle den Wecker auf 7 Uhr
          true  | the highest mountain of Asia        | the second highest mountain of Asia
          false | the first highest peak              | the highest peak
          """)
  void onlyPairsWithAnAddedNumberAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.ADDED_NUMBER, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | what is the population of Kyoto    | what is the population of Nagoya
          true  | weather in paris today             | weather in london today
          true  | where is order A-10432             | where is order A-10433
          true  | what's in /etc/hosts               | what's in /etc/fstab
          true  | summarise https://example.com/a    | summarise https://example.com/b
          true  | mail the report to ann@example.com | mail the report to bob@example.com
          true  | translate 'good morning'           | translate 'good night'
          true  | what does getUserName return       | what does getUserAge return
          true  | symptoms of hepatitis A            | symptoms of hepatitis B
          false | what is the capital of France      | which city serves as France's capital
          false | Who was Napoleon Bonaparte?        | Who was Napolean Bonaparte?
          false | https://www.example.com/a/         | example.com/a
          false | signs of dehydration               | signs that someone is dehydrated
          false | who heads the UN now               | who heads the United Nations now
          false | how do i cook rice                 | what's the way to prepare rice
          true  | what does the flag -r do in grep    | what does the flag -v do in grep
          true  | what does the flag -r do in ls      | what does the flag -R do in ls
          true  | quelle est la capitale de l'Autriche | quelle est la capitale de l'Australie
          false | what is a NullPointerException      | what is a null pointer exception
          false | who assassinated the president      | who killed the president
          false | wo finde ich einen guten Arzt       | wo bekomme ich eine gute Pizza
          """)
  void onlyPairsWithAReplacedNameAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.REPLACED_NAME, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | turn on the kitchen lights         | turn off the kitchen lights
          true  | how do i enable dark mode          | how do i disable dark mode
          true  | take this pill before food         | take this pill after food
          true  | sort a list in ascending order     | sort a list in descending order
          true  | is the door locked                 | is the door unlocked
          false | turn on the kitchen lights         | switch the lights in the kitchen on
          false | how do i deactivate my facebook account | how can I disable my account on facebook
          false | that is right                      | that is not wrong
          true  | enable alerts on the porch          | disable alerts on the porch
          true  | arguments for dropping it           | arguments against dropping it
          false | the cheapest way to send money      | the least expensive way to send money
          """)
  void onlyPairsWithAnOppositeAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.OPPOSITE, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | when was albert einstein born      | where was albert einstein born
          true  | who discovered penicillin          | when was penicillin discovered
          true  | how tall is it                     | how old is it
          false | how old is the universe            | what is the age of the universe
          false | what time is it                    | do you know what time it is
          false | where can i download my invoice    | how can i download my invoice
          false | what are my rights in court        | what rights do i have in court
          false | how are merge conflicts resolved    | how do i resolve merge conflicts
          false | how will the weather be in Berlin   | what's the weather in Berlin
          """)
  void onlyPairsWithAnotherQuestionWordAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.QUESTION_WORD, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | flights from boston to denver      | flights from denver to boston
          true  | flights to denver from boston      | flights to boston from denver
          true  | did apple sue samsung              | did samsung sue apple
          true  | is java faster than python         | is python faster than java
          true  | trains that leave bergen for voss   | trains from voss to bergen
          true  | buses to bergen that depart the port | buses to the port that leave bergen
          true  | ferries from voss to bergen         | ferries leaving bergen and arriving in voss
          false | trains that leave bergen for voss   | trains from bergen to voss
          false | ferries from bergen to voss         | ferries leaving bergen and arriving in voss
          false | trains that leave on monday         | monday trains that leave
          false | flights from boston to denver      | flights to denver from boston
          false | flights to athens from munich tomorrow | flights from munich to athens tomorrow
          false | how far is it from munich to vienna | how far is it from vienna to munich
          false | tea and coffee                     | coffee and tea
          true  | I moved from Rome to Oslo and pay tax | I moved from Oslo to Rome and pay tax
          false | how much is 140 pounds in kilograms | 140 pounds in kilograms is how much
          false | are cats and dogs mammals           | are dogs and cats mammals
          """)
  void onlyPairsWithSwappedOrderAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.SWAPPED_ORDER, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | what foods should I eat with gout   | what foods should I weigh with gout
          true  | name the symptoms of measles        | name the stages of measles
          true  | breach of a written contract        | breach of an implied contract
          false | what are the signs of measles       | what are the symptoms of measles
          false | how do I delete a branch in git     | how do I remove a branch in git
          false | why do leaves change in autumn      | why do leaves change in the fall
          false | I want a new card                   | I order a new card
          false | how do I delete my old branch       | how do I now rename that branch
          false | restaurants near me                 | restarants near me
          false | a train to Vienna                   | a train to Munich
          false | was kostet das neue Heft            | was kostet das neue Buch
          """)
  void onlyPairsWithAReplacedWordAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.REPLACED_WORD, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | my card has arrived                | my card hasn't arrived
          true  | recipes with nuts                  | recipes with no nuts
          true  | can i travel with a passport       | can i travel without a passport
          true  | which metals are magnetic          | which metals are non-magnetic
          true  | list animals that can fly          | list animals that cannot fly
          false | is it raining                      | isn't it raining
          false | my card is broken                  | my card is broken, it does not work any more
          false | i cannot prove who i am            | i have trouble proving who i am
          false | do you sell tents                  | do you sell tents or not
          true  | how long does rice last if it's cooled | how long does rice last if it isn't cooled
          true  | turn it on when nobody is home      | don't turn it on when nobody is home
          false | make sure the lights aren't on      | make sure the lights are off
          """)
  void onlyPairsWithANegationAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.NEGATION, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          true  ; what does a == b do                ; what does a != b do
          true  ; what does && mean                  ; what does || mean
          true  ; redirect with > file               ; redirect with >> file
          true  ; what does the emoji 😂 mean        ; what does the emoji 😢 mean
          false ; what does a == b do                ; what does a == b do?
          false ; R & D                              ; R and D
          false ; H2 -> H                            ; H2 → H
          true  ; factor x^2 + 5x + 6                ; factor x^2 + 5x - 6
          false ; what is 3 plus 4                   ; what is 3 + 4
          """)
  void onlyPairsWithAnotherSymbolAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.SYMBOL, a, b);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | how do i cancel my subscription    | wie kündige ich mein Abo
          true  | how do i reset my password         | 如何重置密码
          false | how do i cancel my subscription    | please cancel my subscription
          false | wie kündige ich mein Abo           | kann ich mein Abo kündigen
          false | He perdido mi tarjeta              | se me perdió la tarjeta
          """)
  void onlyPairsInDifferentLanguagesAreRejected(boolean rejects, String a, String b) {
    assertRejection(rejects, RejectionReason.LANGUAGE, a, b);
  }

  @Test
  void textAfterTheLimitMustBeTheSame() {
    String start = "word ".repeat(2_000);

    assertRejection(true, RejectionReason.UNREAD_REST, start + "one end", start + "other end");
    assertRejection(false, RejectionReason.UNREAD_REST, start + "one end", start + "One  end.");
    assertRejection(false, RejectionReason.UNREAD_REST, "one end", "other end");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          true  | cancel my order                    | cancel my big order
          true  | table for 4                        | table for 5
          false | please cancel the order for me     | cancelling my orders
          false | cancle my order                    | cancel my order
          """)
  void sameWordsRejectsOnlyPairsWithOtherWords(boolean rejects, String a, String b) {
    assertThat(Guards.sameWords().reject(PromptPair.of(a, b)))
        .isEqualTo(rejects ? Optional.of(RejectionReason.OTHER_WORDS) : Optional.empty());
  }

  /** Paraphrases in languages without word lists. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Wie kündige ich mein Abonnement?           | Wie kann ich mein Abo kündigen?
          Comment annuler mon abonnement ?           | Je voudrais annuler mon abonnement
          ¿Cuál es la capital de Francia?            | ¿Qué ciudad es la capital de Francia?
          Come posso cambiare la mia password?       | Come si cambia la password?
          Hoe annuleer ik mijn abonnement?           | Mijn abonnement annuleren, hoe doe ik dat?
          Как отменить подписку?                     | Как можно отменить подписку?
          如何重置密码？                               | 怎么重置密码？
          """)
  void paraphrasesInOtherLanguagesAreNotRejected(String a, String b) {
    assertThat(Guards.english().rejections(PromptPair.of(a, b))).isEmpty();
  }

  @Test
  void numbersAreComparedInEveryLanguage() {
    assertThat(
            Guards.english()
                .reject(PromptPair.of("Tisch für 4 heute Abend", "Tisch für 6 heute Abend")))
        .contains(RejectionReason.REPLACED_NUMBER);
  }

  @Test
  void guardsAreRemovedRetainedAndAdded() {
    PromptPair pair = PromptPair.of("table for 4 in rome", "table for 6 in milan");
    RejectionReason custom = new RejectionReason("custom");

    assertThat(Guards.english().rejections(pair))
        .containsExactly(RejectionReason.REPLACED_NUMBER, RejectionReason.REPLACED_NAME);
    assertThat(Guards.english().without(RejectionReason.REPLACED_NUMBER).reject(pair))
        .contains(RejectionReason.REPLACED_NAME);
    assertThat(Guards.none().reject(pair)).isEmpty();
    assertThat(
            Guards.english()
                .only(RejectionReason.NEGATION)
                .and(prompts -> Optional.of(custom))
                .rejections(pair))
        .containsExactly(custom);
    assertThat(Guards.none().and(prompts -> Optional.empty())).hasToString("Guards[custom]");
  }

  @Test
  void wordListsAreReplacedAndExtended() {
    PromptPair pair = PromptPair.of("deploy to the sandbox", "deploy to the live system");
    Lexicon extended = Lexicon.english().adding(WordList.OPPOSITES, "sandbox | live");
    Lexicon withoutOpposites = Lexicon.english().replacing(WordList.OPPOSITES, "");

    assertThat(Guards.of(extended).only(RejectionReason.OPPOSITE).reject(pair)).isPresent();
    assertThat(
            Guards.of(withoutOpposites)
                .only(RejectionReason.OPPOSITE)
                .reject(PromptPair.of("lights on", "lights off")))
        .isEmpty();
  }

  @Test
  void promptPairToStringContainsNoText() {
    assertThat(PromptPair.of("secret", "hidden!")).hasToString("PromptPair[6 and 7 characters]");
  }

  @Test
  void customGuardSeesTheDifferencesOfThePrompts() {
    PromptPair pair =
        PromptPair.of(
            "Please translate the contract for Berlin", "translate the contracts for Munich?");

    assertThat(pair.onlyInAsked()).containsExactly("please", "berlin");
    assertThat(pair.onlyInCached()).containsExactly("munich");
    assertThat(PromptPair.of("Reset it!", "reset it").onlyInAsked()).isEmpty();
    PromptPair numbers =
        PromptPair.of("phones under 300 dollars and 5 km away", "phones, 5000 m away, for two");
    assertThat(numbers.onlyInAsked()).containsExactly("under", "300", "and");
    assertThat(numbers.onlyInCached()).containsExactly("for", "two");
  }
}
