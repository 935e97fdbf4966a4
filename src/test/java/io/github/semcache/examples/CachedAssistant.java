package io.github.semcache.examples;

// assistant begins
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.service.AiServices;
import io.github.semcache.SemanticCache;
import io.github.semcache.langchain4j.CachedChatModel;
import io.github.semcache.langchain4j.MiniLmEmbedder;

public class CachedAssistant {
  interface Assistant {
    String answer(String question);
  }

  public static void main(String[] args) {
    run(
        OpenAiChatModel.builder()
            .apiKey(System.getenv("OPENAI_API_KEY"))
            .modelName("gpt-4o-mini")
            .build());
  }

  static void run(ChatModel model) {
    try (SemanticCache cache = SemanticCache.builder().embedder(MiniLmEmbedder.create()).build()) {
      Assistant assistant = AiServices.create(Assistant.class, CachedChatModel.wrap(model, cache));
      assistant.answer("What is the capital of France?"); // calls the model
      String answer = assistant.answer("Which city serves as France's capital?"); // does not

      System.out.println(answer + ", " + cache.stats().semanticHits() + " semantic hit");
    }
  }
}
// assistant ends
