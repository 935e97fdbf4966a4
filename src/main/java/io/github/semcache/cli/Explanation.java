package io.github.semcache.cli;

import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.guard.PromptPair;
import io.github.semcache.policy.Decision;
import io.github.semcache.policy.HitPolicy;
import io.github.semcache.prompt.Query;
import io.github.semcache.store.Match;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The output of {@code explain}: a prompt and its nearest entries with the decisions of a policy.
 *
 * @param query the query of the prompt
 * @param matches the nearest entries
 * @param policyName the policy as given on the command line
 * @param policy the policy
 */
record Explanation(Query query, List<Match> matches, String policyName, HitPolicy policy) {
  private static final int SHOWN_KEY_LENGTH = 12;

  void print(PrintWriter out) {
    out.println(isExactHit() ? "exact: an entry has the same prompt" : "exact: no");
    out.printf("%s: %s%n", policyName, decision(matches));
    for (Match match : matches) {
      List<String> rejections = rejections(match);
      String key = match.entry().key();
      out.printf(
          Locale.ROOT,
          "%n%.4f  %s%n        on its own: %s%s%n        key %s%n",
          match.distance(),
          TerminalText.line(match.entry().prompt()),
          decision(List.of(match)),
          rejections.isEmpty() ? "" : "; rejected by guards: " + String.join(", ", rejections),
          TerminalText.line(key.substring(0, Math.min(SHOWN_KEY_LENGTH, key.length()))));
    }
    if (matches.isEmpty()) {
      out.println("the scope has no entries");
    }
    out.flush();
  }

  void printJson(PrintWriter out) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("exact", isExactHit());
    json.put("policy", policyName);
    json.put("decision", decision(matches));
    json.put("candidates", matches.stream().map(this::json).toList());
    JsonOutput.print(out, json);
  }

  private Map<String, Object> json(Match match) {
    Map<String, Object> candidate = new LinkedHashMap<>();
    candidate.put("distance", match.distance());
    candidate.put("prompt", match.entry().prompt());
    candidate.put("key", match.entry().key());
    candidate.put("decision", decision(List.of(match)));
    candidate.put("rejections", rejections(match));
    return candidate;
  }

  private boolean isExactHit() {
    return matches.stream().anyMatch(match -> match.entry().prompt().equals(query.text()));
  }

  private String decision(List<Match> candidates) {
    return policy.decide(query, candidates) instanceof Decision.Miss miss
        ? "miss, " + miss.reason()
        : "hit";
  }

  private List<String> rejections(Match match) {
    return Guards.english().rejections(PromptPair.of(query.text(), match.entry().prompt())).stream()
        .map(RejectionReason::code)
        .toList();
  }
}
