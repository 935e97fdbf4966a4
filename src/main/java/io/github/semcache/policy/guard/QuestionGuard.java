package io.github.semcache.policy.guard;

import io.github.semcache.policy.guard.Lexicon.QuestionKind;
import io.github.semcache.policy.guard.Word.Trait;
import java.util.List;
import java.util.Optional;

/** Objects to another question word, such as when in place of where. */
record QuestionGuard(Lexicon words) implements Guard {
  /** How far after "what" the noun may stand that tells what is asked for. */
  private static final int NOUN_REACH = 7;

  @Override
  public Optional<GuardReason> objection(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    if (!difference.mayBeEnglish()) {
      return Optional.empty();
    }
    int asked = question(difference.asked().tokens());
    int remembered = question(difference.remembered().tokens());
    if (asked < 0 || remembered < 0 || isShared(difference, asked, remembered)) {
      return Optional.empty();
    }
    long askedFor = kinds(difference.asked().tokens(), asked);
    long rememberedFor = kinds(difference.remembered().tokens(), remembered);
    boolean changed = askedFor != 0 && rememberedFor != 0 && (askedFor & rememberedFor) == 0;
    return changed && !difference.contentReplaced()
        ? Optional.of(GuardReason.QUESTION_WORD)
        : Optional.empty();
  }

  /** Whether the question word of one text stands elsewhere in the other, and in one form. */
  private static boolean isShared(Difference difference, int asked, int remembered) {
    String askedWord = difference.asked().tokens().get(asked).key();
    String rememberedWord = difference.remembered().tokens().get(remembered).key();
    return !askedWord.equals(rememberedWord)
        && (difference.remembered().has(askedWord) || difference.asked().has(rememberedWord));
  }

  /** Where the first question word stands, or -1. */
  private int question(List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is(Trait.QUESTION) && !token.literal()) {
        return i;
      }
    }
    return -1;
  }

  /** What the question asks for, as bits; none if that is open. */
  private long kinds(List<Token> tokens, int start) {
    long kinds = 0;
    int longest = 0;
    List<QuestionKind> questions = words.questions();
    for (int kind = 0; kind < questions.size(); kind++) {
      int length = questions.get(kind).longestMatch(tokens, start);
      if (length > longest) {
        kinds = 0;
        longest = length;
      }
      if (length == longest && length > 0) {
        kinds |= 1L << kind;
      }
    }
    if (longest == 1 && tokens.get(start).key().equals("what")) {
      return isFollowedByNoun(tokens, start) ? nouns(tokens, start) : kinds | nouns(tokens, start);
    }
    return kinds;
  }

  private static boolean isFollowedByNoun(List<Token> tokens, int start) {
    return start + 1 < tokens.size() && tokens.get(start + 1).isContent();
  }

  private long nouns(List<Token> tokens, int start) {
    long kinds = 0;
    int end = Math.min(tokens.size(), start + NOUN_REACH);
    for (int i = start + 1; i < end; i++) {
      String key = tokens.get(i).key();
      boolean auxiliary = i == start + 1 && tokens.get(i).is(Trait.FUNCTION);
      for (int kind = 0; kind < words.questions().size() && !auxiliary; kind++) {
        if (words.questions().get(kind).nouns().contains(key)) {
          kinds |= 1L << kind;
        }
      }
    }
    return kinds;
  }
}
