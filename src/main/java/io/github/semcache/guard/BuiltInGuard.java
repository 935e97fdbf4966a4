package io.github.semcache.guard;

import io.github.semcache.guard.Guard.PromptPair;
import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.DifferenceRule;
import java.util.Optional;

/** The guard that rejects the prompts to which a rule applies. */
record BuiltInGuard(Dictionary words, DifferenceRule rule) implements Guard {
  RejectionReason reason() {
    return switch (rule) {
      case SYMBOL -> RejectionReason.SYMBOL;
      case LANGUAGE -> RejectionReason.LANGUAGE;
      case REPLACED_NUMBER -> RejectionReason.REPLACED_NUMBER;
      case REPLACED_NAME -> RejectionReason.REPLACED_NAME;
      case OPPOSITE -> RejectionReason.OPPOSITE;
      case SWAPPED_ORDER -> RejectionReason.SWAPPED_ORDER;
      case QUESTION_WORD -> RejectionReason.QUESTION_WORD;
      case NEGATION -> RejectionReason.NEGATION;
      case REPLACED_WORD -> RejectionReason.REPLACED_WORD;
      case ADDED_NUMBER -> RejectionReason.ADDED_NUMBER;
      case UNREAD_REST -> RejectionReason.UNREAD_REST;
    };
  }

  @Override
  public Optional<RejectionReason> reject(PromptPair prompts) {
    return rule.appliesTo(prompts.diff(words)) ? Optional.of(reason()) : Optional.empty();
  }
}
