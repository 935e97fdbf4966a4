package io.github.semcache.verify;

import io.github.semcache.verify.LanguageForms.Form;
import io.github.semcache.verify.LanguageForms.Rewriting;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The readings of a text in a language other than English. A reading is the text in a common form:
 * the kind of request, the infinitive of its verb, and the other words. "Wie kündige ich mein Abo?"
 * and "Wie kann ich mein Abo kündigen?" have a reading in common. Words that no list of {@link
 * LanguageForms} contains are the same in all readings of a text, and in the same order.
 */
final class RequestForms {
  /** The maximum number of words of a text. Longer texts are rarely plain requests. */
  private static final int MAX_WORDS = 40;

  /** The maximum number of words of a sentence in which a time has the same meaning everywhere. */
  private static final int MAX_SENTENCE = 12;

  /** Signs of quotations and of several sentences. */
  private static final Pattern COMPLEX =
      Pattern.compile("[:：;；《》「」『』\\n]|[.!?…]\\s+\\S|[。！？]\\s*\\S");

  private static final Pattern COMMA = Pattern.compile("[,，、]");

  private final LanguageForms language;
  private final boolean question;
  private final boolean comma;
  private final List<String> courtesy = new ArrayList<>();
  private final Set<List<String>> readings = new HashSet<>();

  private RequestForms(LanguageForms language, SurfaceTokens text) {
    this.language = language;
    String written = text.text;
    question = written.indexOf('?') >= 0 || written.indexOf('？') >= 0;
    comma = COMMA.matcher(written).find();
    List<String> tokens = LanguageForms.split(text.lowerCaseWords());
    boolean simple =
        tokens.size() <= MAX_WORDS
            && !text.isCode
            && text.quotes.isEmpty()
            && !COMPLEX.matcher(written).find();
    if (simple) {
      tokens = withoutGreeting(tokens);
      removeCourtesy(tokens);
      read(language.rewrite(tokens, "anywhere"));
    }
  }

  /** Returns whether two texts are the same request in a language. */
  static boolean areSame(LanguageForms language, SurfaceTokens first, SurfaceTokens second) {
    RequestForms a = new RequestForms(language, first);
    RequestForms b = new RequestForms(language, second);
    boolean sameCourtesy = a.courtesy.containsAll(b.courtesy) || b.courtesy.containsAll(a.courtesy);
    return sameCourtesy && !Collections.disjoint(a.readings, b.readings);
  }

  private List<String> withoutGreeting(List<String> tokens) {
    for (List<String> phrase : language.greetings()) {
      if (LanguageForms.isAt(tokens, phrase, 0) && tokens.size() > phrase.size()) {
        return withoutGreeting(tokens.subList(phrase.size(), tokens.size()));
      }
    }
    return new ArrayList<>(tokens);
  }

  /** Removes phrases without meaning, and records them because they may be what a text is about. */
  private void removeCourtesy(List<String> tokens) {
    for (List<String> phrase : language.courtesies()) {
      int at = Collections.indexOfSubList(tokens, phrase);
      if (at >= 0 && tokens.size() > phrase.size()) {
        tokens.subList(at, at + phrase.size()).clear();
        courtesy.addAll(phrase);
      }
    }
  }

  private void read(List<String> rewritten) {
    if (language.hasWord(rewritten, "wording")) {
      return;
    }
    List<String> tokens = language.rewriteStart(rewritten, "start");
    if (language.hasWord(tokens, "tomorrow")) {
      tokens = language.rewriteStart(tokens, "future");
    }
    add("", "", tokens);
    for (Form form : language.forms()) {
      if (LanguageForms.isAt(tokens, form.start(), 0) && !(form.isCommand() && question)) {
        readForm(form, tokens);
      }
    }
    for (Rewriting adverb : language.rewritings("adverb")) {
      readQuestion(adverb, tokens);
    }
  }

  private void readForm(Form form, List<String> tokens) {
    List<String> rest = new ArrayList<>(tokens.subList(form.start().size(), tokens.size()));
    if (rest.isEmpty()) {
      return;
    }
    if (!form.hasVerb()) {
      add(form.kind(), "", rest);
      return;
    }
    int place = form.start().indexOf(LanguageForms.VERB);
    int next = language.isInfinitiveLast() ? rest.size() - 1 : 0;
    String verb = place >= 0 ? tokens.get(place) : rest.remove(next);
    if (rest.isEmpty()) {
      return;
    }
    List<String> others = rest.subList(0, rest.size() - 1);
    String particle = rest.get(rest.size() - 1);
    for (String infinitive : language.infinitives(verb, form)) {
      add(form.kind(), infinitive, rest);
      if (place >= 0 && !others.isEmpty()) {
        add(form.kind(), particle + infinitive, others);
      }
    }
  }

  /** Adds the readings of a question whose question phrase or whose verb may stand last. */
  private void readQuestion(Rewriting adverb, List<String> tokens) {
    int at = Collections.indexOfSubList(tokens, adverb.phrase());
    int end = at + adverb.phrase().size();
    boolean outer = at == 0 || end >= tokens.size() - 1;
    if (at < 0 || !outer || (at > 0 && !language.isWord(tokens.get(0), "determiner"))) {
      return;
    }
    List<String> rest = new ArrayList<>(tokens.subList(0, at));
    rest.addAll(tokens.subList(end, tokens.size()));
    String kind = String.join(" ", adverb.replacement());
    add(kind, "", rest);
    if (!rest.isEmpty() && language.isWord(rest.get(0), "determiner")) {
      Collections.rotate(rest, 1);
      add(kind, "", rest);
    }
  }

  /** Adds a reading in which a time such as "today" is the last word. */
  private void add(String kind, String verb, List<String> tokens) {
    List<String> reading = language.rewrite(tokens, "class " + kind);
    int time = comma ? -1 : placeOfTime(reading);
    if (time >= 0) {
      reading.add(reading.remove(time));
    }
    reading.add(0, kind);
    reading.add(1, verb);
    readings.add(reading);
  }

  /** Returns the place of the only time of a sentence if it may stand elsewhere, or -1. */
  private int placeOfTime(List<String> tokens) {
    int place = -1;
    for (int i = 0; i < tokens.size(); i++) {
      if (language.isWord(tokens.get(i), "moving")) {
        if (place >= 0) {
          return -1;
        }
        place = i;
      }
    }
    boolean attribute = place > 0 && language.isWord(tokens.get(place - 1), "determiner");
    boolean movable =
        !attribute && tokens.size() <= MAX_SENTENCE && !language.hasWord(tokens, "clause");
    return movable ? place : -1;
  }
}
