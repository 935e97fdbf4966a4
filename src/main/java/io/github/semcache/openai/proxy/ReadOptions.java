package io.github.semcache.openai.proxy;

import io.github.semcache.internal.text.CredentialHash;
import io.github.semcache.prompt.QuestionFinder;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The options that determine the question and the scope of requests. Immutable.
 *
 * @param endpoint the name of the service; the base URL of the request if empty
 * @param scopeHeaders the names of the request headers that are part of the scope, in lower case
 * @param ignoredFields the names of the fields of the request body that are not part of the scope
 * @param messages normalizes the texts of the scope
 * @param finder finds the question in the user's message
 * @param cachesStoredAnswers whether answers that the service stores are cached
 * @param marksHits whether responses contain the fields and headers of the cache
 */
record ReadOptions(
    Optional<String> endpoint,
    Set<String> scopeHeaders,
    Set<String> ignoredFields,
    MessageTexts messages,
    QuestionFinder finder,
    boolean cachesStoredAnswers,
    boolean marksHits) {
  /** Headers that select an account at OpenAI. */
  private static final Set<String> ACCOUNT_HEADERS =
      Set.of("openai-organization", "openai-project");

  /** Returns the headers of the scope, with and without those that the user adds. */
  static Set<String> scopeHeaders(Set<String> added, boolean sharesAcrossCredentials) {
    Set<String> headers = new TreeSet<>(ACCOUNT_HEADERS);
    headers.addAll(added);
    if (!sharesAcrossCredentials) {
      headers.addAll(CredentialHash.HEADERS);
    }
    return Set.copyOf(headers);
  }
}
