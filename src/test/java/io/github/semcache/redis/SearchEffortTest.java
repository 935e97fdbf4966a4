package io.github.semcache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchEffortTest {
  private final SearchEffort effort = new SearchEffort();

  private void record(int searches, int misses) {
    IntStream.range(0, searches).forEach(i -> effort.record(i < misses));
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 64",
    "0, 16",
    "1000, 16",
    "8000, 16",
    "10000, 20",
    "20000, 40",
    "32000, 64",
    "100000, 64",
    "200000, 74",
    "1000000, 97"
  })
  void candidatesGrowWithTheIndex(long entries, int candidates) {
    assertThat(effort.candidates(entries)).isEqualTo(candidates);
  }

  @Test
  void growthOfLargeIndexesIsLogarithmic() {
    double growth = (double) effort.candidates(10_000_000) / effort.candidates(100_000);

    assertThat(growth).isLessThan(Math.log(1e7) / Math.log(1e5) * 1.5);
  }

  @Test
  void moreThanOneMissInAHundredRaisesTheCandidates() {
    record(100, 2);
    assertThat(effort.candidates(1_000)).as("two misses may be chance").isEqualTo(16);

    record(1, 1);
    assertThat(effort.candidates(1_000)).isEqualTo(24);
    assertThat(effort.candidates(100_000)).isEqualTo(96);
  }

  @Test
  void oneMissInAHundredIsAccepted() {
    for (int i = 0; i < 50; i++) {
      record(100, 0);
      effort.record(i % 2 == 0);
    }

    assertThat(effort.candidates(100_000)).isEqualTo(64);
  }

  @Test
  void candidatesAreBounded() {
    record(10_000, 10_000);

    assertThat(effort.candidates(100_000)).isEqualTo(512);
    assertThat(SearchEffort.checkCandidates(512)).isEqualTo(2_048);
    assertThat(SearchEffort.checkCandidates(4_096)).isEqualTo(4_096);
  }

  @Test
  void manySamplesWithoutAMissLowerTheCandidatesToTheDefault() {
    record(6, 6);
    assertThat(effort.candidates(100_000)).isEqualTo(144);

    record(1_000, 0);
    assertThat(effort.candidates(100_000)).isEqualTo(96);
    record(5_000, 0);
    assertThat(effort.candidates(100_000)).isEqualTo(64);
  }

  @Test
  void oneInEightSearchesIsSampledAtFirstAndOneIn512Later() {
    assertThat(sampled(800)).isEqualTo(100);

    record(200, 0);
    assertThat(sampled(5_120)).isEqualTo(10);

    record(3, 3);
    assertThat(sampled(800)).as("after a change").isEqualTo(100);
  }

  @Test
  void searchesAreSampledMoreOftenUntilTheRecallIsKnown() {
    record(200, 2);
    assertThat(sampled(800)).as("about one miss in a hundred").isEqualTo(100);

    record(200, 0);
    assertThat(sampled(5_120)).as("two misses in 400").isEqualTo(10);
  }

  @Test
  void searchesAreSampledLessOftenAfterAThousandSamples() {
    for (int i = 0; i < 9; i++) {
      record(99, 0);
      record(1, 1);
    }
    assertThat(sampled(800)).isEqualTo(100);

    record(100, 0);
    assertThat(sampled(5_120)).isEqualTo(10);
  }

  private long sampled(int searches) {
    return IntStream.range(0, searches).filter(i -> effort.isSampled()).count();
  }
}
