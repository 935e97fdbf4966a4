package io.github.semcache.verify;

/** The verifier of {@link PairVerifier#none}. */
enum NoVerifier implements PairVerifier {
  INSTANCE;

  @Override
  public Verification verify(Pair pair) {
    return Verification.accept();
  }
}
