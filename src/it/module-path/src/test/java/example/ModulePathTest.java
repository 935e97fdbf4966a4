package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.semcache.Answer;
import io.github.semcache.SemanticCache;
import org.junit.jupiter.api.Test;

class ModulePathTest {

  @Test
  void questionInOtherWordsIsAnsweredFromTheCache() {
    assertEquals(Answer.Source.SEMANTIC, Application.secondSource());
  }

  @Test
  void libraryIsAModule() {
    assertTrue(Application.class.getModule().isNamed());
    assertEquals("io.github.semcache", SemanticCache.class.getModule().getName());
  }
}
