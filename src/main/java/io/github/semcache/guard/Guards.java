package io.github.semcache.guard;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Several guards, asked in order until one objects. Immutable and safe for use by many threads.
 *
 * <pre>{@code
 * Guards.english()                                  // all of them
 * Guards.english().without(RejectionReason.NEGATION)    // all but one
 * Guards.english().and(sameTicket)                  // and one of your own
 * }</pre>
 */
public final class Guards implements Guard {
  private static final Guards NONE = new Guards(List.of());

  private final List<Member> members;

  /**
   * A guard with the objection that it makes.
   *
   * @param reason the objection of a guard of this library; empty for others
   * @param guard the guard
   */
  private record Member(Optional<RejectionReason> reason, Guard guard) {
    boolean makes(Set<RejectionReason> reasons) {
      return reason.isPresent() && reasons.contains(reason.get());
    }
  }

  private Guards(List<Member> members) {
    this.members = members;
  }

  /**
   * No guards: nothing is objected to.
   *
   * @return no guards
   */
  public static Guards none() {
    return NONE;
  }

  /**
   * All guards of this library with its English word lists. Numbers, identifiers, addresses, code,
   * symbols and languages are compared whatever the language; what needs words is silent about
   * texts in other languages.
   *
   * @return the guards; the same ones at each call
   */
  public static Guards english() {
    return English.GUARDS;
  }

  /**
   * All guards of this library with other word lists.
   *
   * @param words the word lists
   * @return the guards
   */
  public static Guards of(Lexicon words) {
    requireNonNull(words, "words");
    return NONE.and(RejectionReason.SYMBOL, new SymbolGuard(words))
        .and(RejectionReason.LANGUAGE, new LanguageGuard(words))
        .and(RejectionReason.REPLACED_NUMBER, new NumberGuard(words))
        .and(RejectionReason.REPLACED_NAME, new NameGuard(words))
        .and(RejectionReason.OPPOSITE, new OppositeGuard(words))
        .and(RejectionReason.SWAPPED_ORDER, new OrderGuard(words))
        .and(RejectionReason.QUESTION_WORD, new QuestionGuard(words))
        .and(RejectionReason.NEGATION, new NegationGuard(words))
        .and(RejectionReason.REPLACED_WORD, new SubstitutionGuard(words))
        .and(RejectionReason.ADDED_NUMBER, new NumberGuard.Added(words))
        .and(RejectionReason.UNREAD_REST, new RestGuard(words));
  }

  /**
   * A guard that objects unless both prompts have the same numbers and the same content words, in
   * any order, inflection and spelling. Not one of {@link #english()}: it leaves only hits that
   * differ in word order and in words such as "the" and "please".
   *
   * @return the guard
   */
  public static Guard sameWords() {
    return sameWords(Lexicon.english());
  }

  /**
   * {@link #sameWords()} with other word lists.
   *
   * @param words the word lists
   * @return the guard
   */
  public static Guard sameWords(Lexicon words) {
    return new WordsGuard(requireNonNull(words, "words"));
  }

  /**
   * Leaves out guards of this library.
   *
   * @param reasons the objections that the guards to leave out make
   * @return the other guards
   */
  public Guards without(RejectionReason... reasons) {
    Set<RejectionReason> left = Set.of(reasons);
    return filter(member -> !member.makes(left));
  }

  /**
   * Keeps some guards of this library.
   *
   * @param reasons the objections that the guards to keep make
   * @return these guards and those that were added by {@link #and(Guard)}
   */
  public Guards only(RejectionReason... reasons) {
    Set<RejectionReason> kept = Set.of(reasons);
    return filter(member -> member.reason().isEmpty() || member.makes(kept));
  }

  /**
   * Adds a guard, which is asked after the others.
   *
   * @param guard the guard
   * @return these guards and that one
   */
  public Guards and(Guard guard) {
    return and(new Member(Optional.empty(), requireNonNull(guard, "guard")));
  }

  private Guards and(RejectionReason reason, Guard guard) {
    return and(new Member(Optional.of(reason), guard));
  }

  private Guards and(Member member) {
    List<Member> more = new ArrayList<>(members);
    more.add(member);
    return new Guards(List.copyOf(more));
  }

  private Guards filter(Predicate<Member> kept) {
    return new Guards(members.stream().filter(kept).toList());
  }

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    for (Member member : members) {
      Optional<RejectionReason> objection = member.guard().reject(prompts);
      if (objection.isPresent()) {
        return objection;
      }
    }
    return Optional.empty();
  }

  /**
   * Asks all guards, where {@link #reject} stops at the first that objects.
   *
   * @param prompts the two prompts
   * @return what each guard that objects says, in the order of the guards
   */
  public List<RejectionReason> rejections(PromptPair prompts) {
    return members.stream()
        .map(member -> member.guard().reject(prompts))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Names the objections that these guards may make. */
  @Override
  public String toString() {
    return "Guards"
        + members.stream()
            .map(member -> member.reason().map(RejectionReason::code).orElse("own"))
            .toList();
  }

  private static final class English {
    static final Guards GUARDS = of(Lexicon.english());
  }
}
