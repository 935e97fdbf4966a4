package io.github.semcache.internal.language;

import io.github.semcache.internal.language.Token.Direction;
import io.github.semcache.internal.language.Token.Trait;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies to the same words in another order, if the order matters. */
final class OrderRule {
  /** The number of content words that belong to a word such as "from" or "to". */
  private static final int MAX_ROLE_LENGTH = 3;

  private static final int MAX_TOKENS = 256;
  private static final Set<String> AUXILIARIES = Set.of("be", "have", "do", "get");
  private static final Set<String> ARTICLES = Set.of("a", "an", "the");

  /** Verbs whose object is a place of departure, and after which "for" is a direction. */
  private static final Set<String> DEPARTURES = Set.of("leave", "depart");

  /** Verbs after which "in" and "at" are directions. */
  private static final Set<String> ARRIVALS = Set.of("arrive", "land", "arrival");

  private static final Set<String> AT = Set.of("in", "at");

  /**
   * The role of a content word that follows a word of direction.
   *
   * @param direction the direction
   * @param isHead whether the content word is the first one; "to Athens tomorrow" is not to
   *     tomorrow
   */
  private record Role(Direction direction, boolean isHead) {}

  private OrderRule() {}

  static boolean appliesTo(TextDiff diff) {
    TextAnalysis firstText = diff.first();
    TextAnalysis secondText = diff.second();
    return diff.mayBeEnglish()
        && !firstText.has(Trait.SYMMETRIC)
        && !secondText.has(Trait.SYMMETRIC)
        && ((firstText.has(Trait.FUNCTION) && arePartsExchanged(firstText, secondText))
            || areRolesExchanged(firstText, secondText));
  }

  /** Returns whether the texts differ only by an exchange of two parts with words in between. */
  private static boolean arePartsExchanged(TextAnalysis firstText, TextAnalysis secondText) {
    if (firstText.tokens().size() != secondText.tokens().size()) {
      return false;
    }
    List<String> a = keys(firstText);
    List<String> b = keys(secondText);
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
    List<Token> tokens = firstText.tokens().subList(from, to);
    int size = changedA.size();
    for (int first = 1; first + 1 < size; first++) {
      if (changedA.subList(0, first).equals(changedB.subList(size - first, size))
          && isRestExchanged(changedA, changedB, first, tokens)) {
        return true;
      }
    }
    return false;
  }

  private static List<String> keys(TextAnalysis text) {
    return text.tokens().stream().limit(MAX_TOKENS).map(Token::key).toList();
  }

  /** Returns whether a = x m y and b = y m x, where x has the given length and m is not empty. */
  private static boolean isRestExchanged(
      List<String> a, List<String> b, int first, List<Token> tokens) {
    int size = a.size();
    for (int second = 1; first + second < size; second++) {
      if (a.subList(size - second, size).equals(b.subList(0, second))
          && a.subList(first, size - second).equals(b.subList(second, size - first))
          && doesOrderMatter(tokens, first, size - second)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Returns whether an exchange matters. It does not in "cats and dogs", and not in "how much is A"
   * and "A is how much".
   */
  private static boolean doesOrderMatter(List<Token> tokens, int middle, int last) {
    return !tokens.get(0).is(Trait.QUESTION)
        && !tokens.get(last).is(Trait.QUESTION)
        && tokens.subList(middle, last).stream().noneMatch(token -> token.is(Trait.CONJUNCTION));
  }

  private static boolean areRolesExchanged(TextAnalysis firstText, TextAnalysis secondText) {
    Map<String, List<Role>> firstRoles = roles(firstText);
    if (firstRoles.isEmpty()) {
      return false;
    }
    Map<String, List<Role>> secondRoles = roles(secondText);
    return hasExchangedRole(firstRoles, secondRoles, firstText, secondText)
        || hasExchangedRole(secondRoles, firstRoles, secondText, firstText);
  }

  /**
   * Returns whether a word has a role in one text that is the opposite of its role in the other, or
   * has exchanged its role with another word that both texts have.
   */
  private static boolean hasExchangedRole(
      Map<String, List<Role>> roles,
      Map<String, List<Role>> otherRoles,
      TextAnalysis text,
      TextAnalysis other) {
    for (Map.Entry<String, List<Role>> entry : roles.entrySet()) {
      if (!other.has(entry.getKey())) {
        continue;
      }
      List<Role> rolesInOther = otherRoles.getOrDefault(entry.getKey(), List.of());
      for (Role role : entry.getValue()) {
        if (hasOpposite(rolesInOther, role)) {
          return true;
        }
        String holder =
            has(rolesInOther, role.direction()) ? null : findHolder(otherRoles, role.direction());
        if (holder != null && isWithoutRole(holder, role.direction(), roles, text)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean hasOpposite(List<Role> roles, Role role) {
    return role.isHead()
        && !has(roles, role.direction())
        && roles.stream()
            .anyMatch(other -> other.isHead() && role.direction().isOppositeOf(other.direction()));
  }

  private static boolean has(List<Role> roles, Direction direction) {
    return roles.stream().anyMatch(role -> role.direction().equals(direction));
  }

  /** Returns a word with a role, or null if no word has it. */
  private static @Nullable String findHolder(Map<String, List<Role>> roles, Direction direction) {
    for (Map.Entry<String, List<Role>> entry : roles.entrySet()) {
      if (has(entry.getValue(), direction)) {
        return entry.getKey();
      }
    }
    return null;
  }

  private static boolean isWithoutRole(
      String word, Direction direction, Map<String, List<Role>> roles, TextAnalysis text) {
    return text.has(word) && !has(roles.getOrDefault(word, List.of()), direction);
  }

  /** Returns the content words that follow words of direction, with their roles. */
  private static Map<String, List<Role>> roles(TextAnalysis text) {
    List<Token> tokens = text.tokens();
    Map<String, List<Role>> roles = new HashMap<>();
    boolean departs = false;
    for (int i = 0; i < Math.min(tokens.size(), MAX_TOKENS); i++) {
      Token token = tokens.get(i);
      Direction direction = isInfinitive(tokens, i) ? null : token.direction();
      if (DEPARTURES.contains(token.key())) {
        departs = true;
        direction = isFollowedByPlace(tokens, i) ? direction("from", text) : null;
      } else if (departs && token.form().equals("for")) {
        direction = direction("to", text);
      } else if (i > 0 && ARRIVALS.contains(tokens.get(i - 1).key()) && AT.contains(token.form())) {
        direction = direction("to", text);
      }
      if (direction != null) {
        addRoles(roles, direction, tokens, i + 1);
      }
    }
    return roles;
  }

  private static @Nullable Direction direction(String word, TextAnalysis text) {
    return text.dictionary().find(word).direction();
  }

  /** Returns whether a verb is followed by a content word: "leave Boston", "leave the station". */
  private static boolean isFollowedByPlace(List<Token> tokens, int index) {
    int next = index + 1;
    while (next < tokens.size() && ARTICLES.contains(tokens.get(next).form())) {
      next++;
    }
    return next < tokens.size() && tokens.get(next).isContent();
  }

  /** Returns whether a token is a "to" that starts an infinitive. */
  private static boolean isInfinitive(List<Token> tokens, int index) {
    if (!tokens.get(index).form().equals("to")) {
      return false;
    }
    boolean afterVerb = index > 0 && tokens.get(index - 1).is(Trait.INFINITIVE);
    boolean beforeVerb =
        index + 1 < tokens.size() && AUXILIARIES.contains(tokens.get(index + 1).form());
    return afterVerb || beforeVerb;
  }

  private static void addRoles(
      Map<String, List<Role>> roles, Direction direction, List<Token> tokens, int start) {
    int added = 0;
    for (int i = start; i < tokens.size() && added < MAX_ROLE_LENGTH; i++) {
      Token token = tokens.get(i);
      if (token.isContent()) {
        roles
            .computeIfAbsent(token.key(), key -> new ArrayList<>(2))
            .add(new Role(direction, added == 0));
        added++;
      } else if (added > 0 || token.direction() != null) {
        return;
      }
    }
  }
}
