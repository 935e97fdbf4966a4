package io.github.semcache.openai;

import com.openai.azure.credential.AzureApiKeyCredential;
import com.openai.core.ClientOptions;
import io.github.semcache.internal.text.CredentialHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The credentials of a client that do not change while it is used. */
final class ClientCredentials {
  private ClientCredentials() {}

  /**
   * Returns a hash of the API key and of the headers with credentials. Tokens that a client obtains
   * while it is used are not part of it.
   *
   * @return the hash; empty if the client has neither a key nor such headers
   */
  static Optional<String> hashOf(ClientOptions options) {
    List<String> values = new ArrayList<>();
    options.apiKey().ifPresent(values::add);
    if (options.credential() instanceof AzureApiKeyCredential key) {
      values.add(key.apiKey());
    }
    for (String header : new TreeSet<>(CredentialHash.HEADERS)) {
      values.addAll(options.headers().values(header));
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(CredentialHash.of(values));
  }
}
