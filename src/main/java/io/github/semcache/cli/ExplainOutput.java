package io.github.semcache.cli;

import io.github.semcache.Explanation;
import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.guard.Guard.RejectionReason;
import io.github.semcache.guard.Guards;
import io.github.semcache.policy.HitPolicy.Decision;
import io.github.semcache.policy.MissReason;
import io.github.semcache.prompt.Query;
import io.github.semcache.verify.Verification;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The output of {@code explain}: a prompt and its nearest entries with the decisions on them.
 *
 * @param query the query of the prompt
 * @param policy the policy as given on the command line
 * @param explanation the decisions
 */
record ExplainOutput(Query query, String policy, Explanation explanation) {
  private static final int SHOWN_KEY_LENGTH = 12;

  void print(PrintWriter out) {
    out.println(
        explanation.exact().isPresent() ? "exact: an entry has the same prompt" : "exact: no");
    out.printf("%s: %s%n", policy, text(explanation.decision()));
    for (Explanation.Candidate candidate : explanation.candidates()) {
      List<String> rejections = rejections(candidate);
      String key = candidate.match().entry().key();
      out.printf(
          Locale.ROOT,
          "%n%.4f  %s%n        on its own: %s%s%s%n        key %s%n",
          candidate.match().distance(),
          TerminalText.line(candidate.match().entry().prompt()),
          text(candidate.decision()),
          candidate.verification().map(found -> "; verifier: " + text(found)).orElse(""),
          rejections.isEmpty() ? "" : "; rejected by guards: " + String.join(", ", rejections),
          TerminalText.line(key.substring(0, Math.min(SHOWN_KEY_LENGTH, key.length()))));
    }
    if (explanation.decision() instanceof Decision.Miss miss
        && miss.reason().equals(MissReason.NO_NEIGHBOR)) {
      out.println("the scope has no entries to compare with");
    }
    out.flush();
  }

  void printJson(PrintWriter out) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("exact", explanation.exact().isPresent());
    json.put("policy", policy);
    json.put("decision", text(explanation.decision()));
    json.put("candidates", explanation.candidates().stream().map(this::json).toList());
    JsonOutput.print(out, json);
  }

  private Map<String, Object> json(Explanation.Candidate candidate) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("distance", candidate.match().distance());
    json.put("prompt", candidate.match().entry().prompt());
    json.put("key", candidate.match().entry().key());
    json.put("decision", text(candidate.decision()));
    candidate.verification().ifPresent(found -> json.put("verification", json(found)));
    json.put("rejections", rejections(candidate));
    return json;
  }

  private static String text(Decision decision) {
    return decision instanceof Decision.Miss miss ? "miss, " + miss.reason() : "hit";
  }

  private static String text(Verification verification) {
    String text = outcome(verification) + ", " + verification.reason();
    return verification.score().isPresent()
        ? text + String.format(Locale.ROOT, ", score %.3f", verification.score().getAsDouble())
        : text;
  }

  private static String outcome(Verification verification) {
    return verification.outcome().name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Object> json(Verification verification) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("outcome", outcome(verification));
    json.put("reason", verification.reason());
    verification.score().ifPresent(score -> json.put("score", score));
    return json;
  }

  private List<String> rejections(Explanation.Candidate candidate) {
    PromptPair pair = PromptPair.of(query.text(), candidate.match().entry().prompt());
    return Guards.english().rejections(pair).stream().map(RejectionReason::code).toList();
  }
}
