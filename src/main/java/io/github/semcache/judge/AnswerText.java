package io.github.semcache.judge;

import io.github.semcache.internal.language.Dictionary;
import io.github.semcache.internal.language.TextAnalysis;
import java.text.Normalizer;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An answer in the form in which the local judge compares it.
 *
 * @param text the text, composed and trimmed, otherwise unchanged
 * @param prose the text without code, markup, and opening and closing phrases
 * @param code the pieces of code, in order, with their whitespace
 * @param polarity whether the answer starts with a yes or a no
 * @param isRefusal whether the answer says that the question is not answered
 * @param isOrdered whether the answer consists of steps in a fixed order
 */
record AnswerText(
    String text,
    String prose,
    List<String> code,
    Polarity polarity,
    boolean isRefusal,
    boolean isOrdered) {

  /** Whether an answer starts with a yes or a no. */
  enum Polarity {
    YES,
    NO,
    NONE
  }

  private static final Pattern CODE =
      Pattern.compile("```[^\\n`]*\\n(.*?)(?:```|\\z)|`([^`\\n]+)`", Pattern.DOTALL);
  private static final Pattern MARKUP =
      Pattern.compile("(?m)^ {0,3}(?:#{1,6} .*$|[-*+•] )|\\*\\*|__|(?<!\\w)[*_]|[*_](?!\\w)");
  private static final Pattern STEP = Pattern.compile("(?m)(?:^|[.:,;] ) {0,3}\\d{1,2}[.)] ");
  private static final Pattern ORDER =
      Pattern.compile("\\b(?:first|then|next|finally|afterwards|before|after|until)\\b");

  /** Matches only from the start of a run of characters, so the time is linear in its length. */
  private static final Pattern EDGES =
      Pattern.compile("^[\\s.,:;!]++|(?<![\\s.,:;!])[\\s.,:;!]++$");

  private static final Pattern OPENING =
      Pattern.compile(
          "^(?:(?:sure|certainly|of course|okay|ok|hello|hi|great question|good question"
              + "|thanks for asking|happy to help|you're welcome)\\b[^.!?:]{0,24}[.!:,]\\s*)+",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern CLOSING =
      Pattern.compile(
          "(?<=[.!?])\\s*(?:let me know if|feel free to|i hope this helps|is there anything"
              + "|please let me know|do you want me to|would you like me to)[^.!?]*+[.!?]?\\s*+$",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern YES =
      Pattern.compile(
          "^(?:yes|yeah|yep|true|correct|that is correct|that's right|that is right|absolutely"
              + "|definitely|indeed|of course)\\b",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern NO =
      Pattern.compile(
          "^(?:no|nope|false|incorrect|that is (?:in|not )correct|that's (?:wrong|not right)"
              + "|that is wrong|unfortunately)\\b(?! (?:one|longer|more|matter|problem|doubt))",
          Pattern.CASE_INSENSITIVE);

  /** First-person phrases with which assistants refuse or do not know. */
  private static final Pattern REFUSAL =
      Pattern.compile(
          "\\b(?:i|we) (?:(?:am|are) (?:sorry|unable|not able|not sure|afraid|not allowed)"
              + "|(?:can ?not|can't|could not|couldn't|won't|will not|must decline|cannot) "
              + "(?:help|assist|answer|provide|give|check|access|find|comply|do that|discuss"
              + "|share|tell|see|say|offer|determine|look|confirm|verify)"
              + "|(?:do not|don't) (?:know|have (?:access|information|enough|any information"
              + "|the information|real-time|data|details)))\\b"
              + "|\\bi'm (?:sorry|unable|not able|afraid|not sure)\\b|\\bas an ai\\b"
              + "|^sorry\\b|\\bnot enough information\\b|\\bplease contact support to\\b"
              + "|\\bno information (?:about|on)\\b|\\b(?:it is|it's) (?:not known|unclear)\\b",
          Pattern.CASE_INSENSITIVE);

  static AnswerText of(String answer) {
    String text = Normalizer.normalize(answer, Normalizer.Form.NFC).strip();
    List<String> code = CODE.matcher(text).results().map(AnswerText::codeOf).toList();
    String prose = CODE.matcher(text).replaceAll(AnswerText::inline);
    boolean isOrdered = STEP.matcher(prose).find();
    prose = STEP.matcher(prose).replaceAll(". ");
    prose = MARKUP.matcher(prose).replaceAll(" ");
    prose = CLOSING.matcher(OPENING.matcher(prose.strip()).replaceFirst("")).replaceFirst("");
    prose = EDGES.matcher(prose).replaceAll("");
    return new AnswerText(
        text,
        prose,
        code,
        polarityOf(prose),
        REFUSAL.matcher(prose).find(),
        isOrdered || ORDER.matcher(prose).results().count() > 1);
  }

  private static String codeOf(MatchResult match) {
    String block = match.group(1);
    return block == null ? match.group(2).strip() : block.stripTrailing();
  }

  /** Converts code within a line to a quotation, so that it is compared as a word. */
  private static String inline(MatchResult match) {
    return match.group(2) == null
        ? " "
        : Matcher.quoteReplacement("\"" + match.group(2).strip() + "\"");
  }

  private static Polarity polarityOf(String prose) {
    if (YES.matcher(prose).find()) {
      return Polarity.YES;
    }
    return NO.matcher(prose).find() ? Polarity.NO : Polarity.NONE;
  }

  boolean isBlank() {
    return text.isEmpty() || (prose.isEmpty() && code.isEmpty());
  }

  boolean hasCode() {
    return !code.isEmpty();
  }

  /** Returns whether the answer has a block of code; the prose around it then only explains it. */
  boolean hasBlock() {
    return text.contains("```");
  }

  /** Returns whether two answers differ at most in markup and in the phrases around them. */
  boolean hasSameTextAs(AnswerText other) {
    return text.equals(other.text)
        || (code.equals(other.code)
            && isOrdered == other.isOrdered
            && folded(prose).equals(folded(other.prose)));
  }

  private static String folded(String prose) {
    return prose.replaceAll("\\s+", " ");
  }

  TextAnalysis analysis() {
    return TextAnalysis.of(Dictionary.english(), prose);
  }

  /** Returns the lengths, but no text. */
  @Override
  public String toString() {
    return "AnswerText[" + text.length() + " characters]";
  }
}
