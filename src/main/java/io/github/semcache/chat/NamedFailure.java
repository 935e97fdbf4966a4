package io.github.semcache.chat;

/** A failure with a name that is more specific than its class, such as an HTTP status. */
public interface NamedFailure {

  /**
   * Returns the name, for example {@code 429}. It is one of a small number of names.
   *
   * @return a name without any text of the service
   */
  String failureName();
}
