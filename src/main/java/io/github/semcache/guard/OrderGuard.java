package io.github.semcache.guard;

import io.github.semcache.guard.Word.Side;
import io.github.semcache.guard.Word.Trait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Objects to the same words in another order, where order makes a difference. */
record OrderGuard(Lexicon words) implements Guard {
  /** How many words after "from" or "to" belong to it. */
  private static final int LONGEST_ROLE = 3;

  private static final int MOST_TOKENS = 256;
  private static final Set<String> AUXILIARIES = Set.of("be", "have", "do", "get");

  /**
   * A place that a word has beside a word of direction.
   *
   * @param side the direction
   * @param leads whether the word comes first after it; "to Athens tomorrow" is not to tomorrow
   */
  private record Role(Side side, boolean leads) {
    boolean opposes(Role other) {
      return side.opposes(other.side);
    }
  }

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    Difference difference = prompts.difference(words);
    Analysis asked = difference.asked();
    Analysis cached = difference.cached();
    boolean swapped =
        difference.mayBeEnglish()
            && !asked.has(Trait.SYMMETRIC)
            && !cached.has(Trait.SYMMETRIC)
            && ((asked.has(Trait.FUNCTION) && isExchange(asked, cached))
                || hasOtherRoles(asked, cached));
    return swapped ? Optional.of(RejectionReason.SWAPPED_ORDER) : Optional.empty();
  }

  private static List<String> keys(Analysis text) {
    return text.tokens().stream().limit(MOST_TOKENS).map(Token::key).toList();
  }

  /** Whether one text is the other with two of its parts exchanged and something between them. */
  private static boolean isExchange(Analysis asked, Analysis cached) {
    if (asked.tokens().size() != cached.tokens().size()) {
      return false;
    }
    List<String> a = keys(asked);
    List<String> b = keys(cached);
    if (a.equals(b)) {
      return false;
    }
    int from = 0;
    int to = a.size();
    while (a.get(from).equals(b.get(from))) {
      from++;
    }
    while (a.get(to - 1).equals(b.get(to - 1))) {
      to--;
    }
    List<String> changedA = a.subList(from, to);
    List<String> changedB = b.subList(from, to);
    List<Token> changed = asked.tokens().subList(from, to);
    int size = changedA.size();
    for (int first = 1; first + 1 < size; first++) {
      if (changedA.subList(0, first).equals(changedB.subList(size - first, size))
          && isRestExchanged(changedA, changedB, first, changed)) {
        return true;
      }
    }
    return false;
  }

  /** Whether A is x m y and B is y m x, for an x of the given length and an m of at least one. */
  private static boolean isRestExchanged(
      List<String> a, List<String> b, int first, List<Token> tokens) {
    int size = a.size();
    for (int second = 1; first + second < size; second++) {
      if (a.subList(size - second, size).equals(b.subList(0, second))
          && a.subList(first, size - second).equals(b.subList(second, size - first))
          && orderCounts(tokens, first, size - second)) {
        return true;
      }
    }
    return false;
  }

  /** Not in "cats and dogs", nor in "how much is A" and "A is how much". */
  private static boolean orderCounts(List<Token> tokens, int middle, int last) {
    return !tokens.get(0).is(Trait.QUESTION)
        && !tokens.get(last).is(Trait.QUESTION)
        && tokens.subList(middle, last).stream().noneMatch(token -> token.is(Trait.CONJUNCTION));
  }

  private static boolean hasOtherRoles(Analysis asked, Analysis cached) {
    Map<String, List<Role>> askedRoles = roles(asked.tokens());
    if (askedRoles.isEmpty()) {
      return false;
    }
    Map<String, List<Role>> cachedRoles = roles(cached.tokens());
    return hasTurnedRole(askedRoles, cachedRoles, asked, cached)
        || hasTurnedRole(cachedRoles, askedRoles, cached, asked);
  }

  /**
   * Whether a word has a role in one text that is the contrary of its role in the other, or has
   * exchanged its role with another word that both texts have.
   */
  private static boolean hasTurnedRole(
      Map<String, List<Role>> roles,
      Map<String, List<Role>> otherRoles,
      Analysis text,
      Analysis other) {
    for (Map.Entry<String, List<Role>> role : roles.entrySet()) {
      if (!other.has(role.getKey())) {
        continue;
      }
      List<Role> there = otherRoles.getOrDefault(role.getKey(), List.of());
      for (Role side : role.getValue()) {
        boolean contrary =
            side.leads()
                && !holds(there, side)
                && there.stream().anyMatch(held -> held.leads() && side.opposes(held));
        String holder = holds(there, side) ? null : holder(otherRoles, side);
        if (contrary || (holder != null && isWithoutRole(holder, side, roles, text))) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean holds(List<Role> roles, Role role) {
    return roles.stream().anyMatch(held -> held.side().equals(role.side()));
  }

  private static @Nullable String holder(Map<String, List<Role>> roles, Role side) {
    for (Map.Entry<String, List<Role>> role : roles.entrySet()) {
      if (holds(role.getValue(), side)) {
        return role.getKey();
      }
    }
    return null;
  }

  private static boolean isWithoutRole(
      String word, Role side, Map<String, List<Role>> roles, Analysis text) {
    return text.has(word) && !holds(roles.getOrDefault(word, List.of()), side);
  }

  /** The content words after each word of direction, with the direction. */
  private static Map<String, List<Role>> roles(List<Token> tokens) {
    Map<String, List<Role>> roles = new HashMap<>();
    for (int i = 0; i < Math.min(tokens.size(), MOST_TOKENS); i++) {
      Side side = tokens.get(i).word().role();
      if (side != null && !isInfinitive(tokens, i)) {
        addRole(roles, side, tokens, i + 1);
      }
    }
    return roles;
  }

  /** Whether a "to" belongs to a verb. */
  private static boolean isInfinitive(List<Token> tokens, int index) {
    if (!tokens.get(index).form().equals("to")) {
      return false;
    }
    boolean afterVerb = index > 0 && tokens.get(index - 1).is(Trait.INFINITIVE);
    boolean beforeVerb =
        index + 1 < tokens.size() && AUXILIARIES.contains(tokens.get(index + 1).form());
    return afterVerb || beforeVerb;
  }

  private static void addRole(
      Map<String, List<Role>> roles, Side side, List<Token> tokens, int start) {
    int added = 0;
    for (int i = start; i < tokens.size() && added < LONGEST_ROLE; i++) {
      Token token = tokens.get(i);
      if (token.isContent()) {
        roles
            .computeIfAbsent(token.key(), key -> new ArrayList<>(2))
            .add(new Role(side, added == 0));
        added++;
      } else if (added > 0 || token.word().role() != null) {
        return;
      }
    }
  }
}
