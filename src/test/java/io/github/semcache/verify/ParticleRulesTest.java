package io.github.semcache.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.semcache.verify.ParticleRules.Difference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParticleRulesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          how do i zoom in on the map | how do i zoom out on the map
          what is a fade-in | what is a fade-out
          is it better to phase in the new tariff | is it better to phase out the new tariff
          should i move into the flat in may | should i move out of the flat in may
          is the jacket in stock | is the jacket out of stock
          how to roll up a sleeping bag | how to roll down a sleeping bag
          can the dog stay on the sofa | can the dog stay off the sofa
          """)
  void oppositeParticlesAreOpposites(String first, String second) {
    assertBoth(first, second, Difference.OPPOSITE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          when should we scale up the cluster | when should we scale out the cluster
          how do i back up the car | how do i back off the car
          what does it mean to stand by | what does it mean to stand up
          how do i set up the alarm | how do i set off the alarm
          can i get away in june | can i get back in june
          clean the lid of the jar | take the lid off the jar
          is the kiln on | is the kiln new
          """)
  void otherParticlesAreReplaced(String first, String second) {
    assertBoth(first, second, Difference.REPLACED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          how do i log in to the portal | how do i log on to the portal
          how do i log out of the portal | how do i log off the portal
          where do i fill in the form | where do i fill out the form
          is there a pool in the hotel | is there a pool on the roof
          how do i turn up the volume | how do i raise the volume
          put the kettle on and come in | come in and put the kettle on
          in out on | up down
          was the clock off by an hour | was the clock wrong by an hour
          remove the sign from the wall | take the sign off the wall
          make sure the fan is off | make sure the fan isn't on
          is the kiln on | is the kiln turned on
          """)
  void otherTextsHaveNoSuchDifference(String first, String second) {
    assertBoth(first, second, Difference.NONE);
  }

  private static void assertBoth(String first, String second, Difference expected) {
    SurfaceTokens a = new SurfaceTokens(first);
    SurfaceTokens b = new SurfaceTokens(second);
    assertThat(ParticleRules.difference(a, b)).isEqualTo(expected);
    assertThat(ParticleRules.difference(b, a)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "how do i zoom in,how do i zoom out",
    "is it better to scale up now,is it better to scale out now"
  })
  void theLocalVerifierAcceptsNeither(String first, String second) {
    assertThat(verify(first, second).isAccepted()).isFalse();
    assertThat(verify(second, first).isAccepted()).isFalse();
  }

  private static Verification verify(String query, String cached) {
    return PairVerifier.local().verify(new PairVerifier.Pair(query, cached, "answer", 0.05));
  }
}
