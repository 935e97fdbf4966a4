package io.github.semcache.openai.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/** Builds the complete answer from the events of one stream. Used by one thread at a time. */
@FunctionalInterface
interface AnswerAccumulator {

  /**
   * Adds the data of the next event.
   *
   * @param data the text after {@code data:}
   * @return the complete answer if the event is the terminal marker, which is the last event
   * @throws IOException if the event is an error or is malformed
   */
  Optional<ObjectNode> add(String data) throws IOException;

  /**
   * Handles the end of a stream without a terminal marker.
   *
   * @return the answer if it is complete; empty by default
   */
  default Optional<ObjectNode> end() {
    return Optional.empty();
  }
}
