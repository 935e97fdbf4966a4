package io.github.semcache.chat;

/** A failure that has a better name than that of its class, such as the status of a response. */
public interface NamedFailure {

  /**
   * The name, one of few, for example {@code 429}.
   *
   * @return a name without any text of the service
   */
  String failureName();
}
