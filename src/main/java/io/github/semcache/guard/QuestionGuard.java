package io.github.semcache.guard;

import io.github.semcache.guard.Lexicon.QuestionKind;
import io.github.semcache.guard.Word.Trait;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Objects to another question word, such as when in place of where. */
record QuestionGuard(Lexicon words) implements Guard {
  /** How far after "what" the noun may stand that tells what is asked for. */
  private static final int NOUN_REACH = 7;

  private static final String WHAT = "what";

  /** Kinds that often ask for the same as another: "how do I get", "where do I get". */
  private static final Set<String> OPEN_KINDS = Set.of("what", "how", "why");

  /**
   * The question of a text.
   *
   * @param word its question word
   * @param tokens its tokens from the question word on
   * @param length of how many words the question phrase is
   * @param kinds what it asks for, as bits; none if that is open
   */
  private record Question(String word, List<Token> tokens, int length, long kinds) {
    boolean isPlainWhat() {
      return length == 1 && word.equals(WHAT);
    }

    /** Whether a text has words of content that are not part of its question phrase. */
    boolean leavesContent(List<Token> missing) {
      for (Token token : missing) {
        if (token.isContent() && !tokens.subList(0, length).contains(token)) {
          return true;
        }
      }
      return false;
    }
  }

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    if (!difference.mayBeEnglish()) {
      return Optional.empty();
    }
    Question asked = question(difference.asked().tokens());
    Question cached = question(difference.cached().tokens());
    if (asked == null || cached == null || isShared(difference, asked, cached)) {
      return Optional.empty();
    }
    boolean changed = asked.kinds != 0 && cached.kinds != 0 && (asked.kinds & cached.kinds) == 0;
    return changed && isAlikeOtherwise(difference, asked, cached)
        ? Optional.of(RejectionReason.QUESTION_WORD)
        : Optional.empty();
  }

  /** Whether the question word of one text stands elsewhere in the other. */
  private static boolean isShared(Difference difference, Question asked, Question cached) {
    return !asked.word.equals(cached.word)
        && (difference.cached().has(asked.word) || difference.asked().has(cached.word));
  }

  /** "What is the age of" may ask for the same as "how old is", but "what is" does not. */
  private boolean isAlikeOtherwise(Difference difference, Question asked, Question cached) {
    boolean askedMore = asked.leavesContent(difference.onlyAsked());
    boolean cachedMore = cached.leavesContent(difference.onlyCached());
    if (asked.isPlainWhat() != cached.isPlainWhat()) {
      return asked.isPlainWhat() ? !askedMore : !cachedMore;
    }
    boolean open = isOpen(asked) || isOpen(cached);
    return open ? !askedMore && !cachedMore : !askedMore || !cachedMore;
  }

  private @Nullable Question question(List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.is(Trait.QUESTION) && !token.literal()) {
        return question(token.key(), tokens.subList(i, tokens.size()));
      }
    }
    return null;
  }

  private Question question(String word, List<Token> tokens) {
    long kinds = 0;
    int length = 1;
    List<QuestionKind> questions = words.questions();
    for (int kind = 0; kind < questions.size(); kind++) {
      int match = questions.get(kind).longestMatch(tokens, 0);
      if (match > length) {
        kinds = 0;
        length = match;
      }
      if (match == length) {
        kinds |= questions.get(kind).bit();
      }
    }
    if (length == 1 && word.equals(WHAT)) {
      kinds = isFollowedByNoun(tokens) ? nouns(tokens) : kinds | nouns(tokens);
    }
    return new Question(word, tokens, length, kinds);
  }

  private boolean isOpen(Question question) {
    for (int kind = 0; kind < words.questions().size(); kind++) {
      boolean asked = (question.kinds & words.questions().get(kind).bit()) != 0;
      if (asked && !OPEN_KINDS.contains(words.questions().get(kind).name())) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFollowedByNoun(List<Token> tokens) {
    return tokens.size() < 2 || tokens.get(1).isContent();
  }

  private long nouns(List<Token> tokens) {
    long kinds = 0;
    int end = Math.min(tokens.size(), NOUN_REACH);
    boolean phrase = false;
    for (int i = 1; i < end; i++) {
      Token token = tokens.get(i);
      if (phrase && !token.isContent()) {
        return kinds;
      }
      phrase |= token.isContent();
      boolean auxiliary = i == 1 && token.is(Trait.FUNCTION);
      if (!auxiliary) {
        kinds |= words.questionsOf(token.key());
      }
    }
    return kinds;
  }
}
