package io.github.semcache.learning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AuditLedgerTest {
  private static final double BUDGET = 0.01;
  private static final double RATE = 0.05;

  private static TrainingExample example(boolean wrong, double auditRate) {
    return new TrainingExample(0, 0, new float[0], new int[0], 0, wrong, (float) (1 / auditRate));
  }

  @Test
  void chargeIsMoreThanTheExpectedNumberOfUnauditedHits() {
    for (double rate = RATE; rate < 1; rate += 0.05) {
      assertThat(AuditLedger.charge(rate, RATE))
          .isBetween((1 - rate) / rate, 1.5 * (1 - rate) / rate);
    }
    assertThat(AuditLedger.charge(1, RATE)).isZero();
  }

  /** E[exp(λ (wrong hits − charges))] is 1 for a wrong hit, whether it is audited or served. */
  @Test
  void chargeMakesTheErrorASupermartingale() {
    double lambda = AuditLedger.lambda(RATE);
    for (double rate : new double[] {0.05, 0.1, 0.5, 0.9}) {
      double served = (1 - rate) * Math.exp(lambda);
      double audited = rate * Math.exp(-lambda * AuditLedger.charge(rate, RATE));
      assertThat(served + audited).isCloseTo(1, within(1e-9));
    }
  }

  @Test
  void wrongAuditsOverdrawTheBudgetUntilEnoughRequestsFollow() {
    AuditLedger ledger = new AuditLedger(BUDGET, RATE);
    ledger.add(example(true, RATE));
    ledger.add(example(true, RATE));
    assertThat(ledger.isOverdrawn()).isFalse();

    ledger.add(example(true, RATE));
    assertThat(ledger.isOverdrawn()).isTrue();

    for (int i = 0; i < 3_000; i++) {
      ledger.add(example(i % 2 == 0, 1));
    }
    assertThat(ledger.isOverdrawn()).isFalse();
  }

  @Test
  void balanceIsNotSavedBeyondItsMaximum() {
    AuditLedger ledger = new AuditLedger(BUDGET, RATE);
    for (int i = 0; i < 100_000; i++) {
      ledger.add(example(false, 1));
    }
    for (int i = 0; i < 3; i++) {
      ledger.add(example(true, RATE));
    }
    assertThat(ledger.isOverdrawn()).isTrue();
  }

  /** Traffic that is wrong as often as it likes must not exceed the bound of the theorem. */
  @Test
  void boundHoldsForHostileTraffic() {
    int runs = 400;
    int exceeded = 0;
    for (int seed = 0; seed < runs; seed++) {
      exceeded += exceedsBound(new Random(seed)) ? 1 : 0;
    }
    assertThat(exceeded).isLessThanOrEqualTo((int) (0.05 * runs));
  }

  /** Sends only wrong hits, in runs whose length depends on what was audited before. */
  private static boolean exceedsBound(Random random) {
    AuditLedger ledger = new AuditLedger(BUDGET, RATE);
    double charge = AuditLedger.charge(RATE, RATE);
    double allowed = 3 * charge + Math.log(1 / 0.05) / AuditLedger.lambda(RATE);
    double wrong = 0;
    for (int t = 1; t <= 20_000; t++) {
      double rate = ledger.isOverdrawn() ? 1 : RATE * (1 + t % 3);
      boolean isWrong = ledger.isOverdrawn() || random.nextInt(1 + t % 7) == 0;
      if (random.nextDouble() < rate) {
        ledger.add(example(isWrong, rate));
      } else {
        wrong += isWrong ? 1 : 0;
      }
      if (wrong > BUDGET * t + allowed) {
        return true;
      }
    }
    return false;
  }
}
