package io.github.semcache.cli;

import io.github.semcache.chat.ChatClient;
import io.github.semcache.cli.EmbedderOptions.OpenEmbedder;
import io.github.semcache.cli.ui.DemoAnswers;
import io.github.semcache.cli.ui.UiOptions;
import io.github.semcache.cli.ui.UiServer;
import io.github.semcache.openai.OpenAiChatClient;
import io.github.semcache.prompt.Scope;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code ui} command. */
@Command(
    name = "ui",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    description = {
      "Serves a local page that asks questions, explains each hit and miss, lists and removes"
          + " entries, and creates reports. Ends with Ctrl-C.",
      "The page is reachable only from this machine and only with the address that is printed."
    })
final class UiCommand implements Callable<Integer> {
  private static final int MAX_PORT = 65_535;
  private static final long CLOSE_SECONDS = 10;

  private final CliEnvironment environment;

  @Mixin private final ExistingStoreOptions store;

  @Mixin private final PolicyOptions policy = new PolicyOptions();

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "The port of the page on 127.0.0.1 (default: any free port).")
  private int port;

  @Option(
      names = "--chat-model",
      paramLabel = "MODEL",
      description =
          "The chat model of OpenAI, or of the service at --base-url, that answers misses. Without"
              + " it, no model is called.")
  private @Nullable String chatModel;

  @Option(
      names = "--tag",
      paramLabel = "NAME=VALUE",
      converter = NameAndValue.Converter.class,
      description = "A tag of the scope of new answers.")
  private List<NameAndValue> tags = List.of();

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "The system prompt of the scope of new answers.")
  private @Nullable String system;

  @Option(
      names = "--setting",
      paramLabel = "NAME=VALUE",
      converter = NameAndValue.Converter.class,
      description =
          "A setting of the chat model in the scope of new answers, for example model=gpt-5;"
              + " excludes --chat-model.")
  private List<NameAndValue> settings = List.of();

  @Option(names = "--no-browser", description = "Do not open the page in a browser.")
  private boolean noBrowser;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  private UiCommand(CliEnvironment environment) {
    this.environment = environment;
    this.store = new ExistingStoreOptions(environment);
  }

  /** Returns the command, for which the store is optional. */
  static CommandLine commandLine(CliEnvironment environment) {
    CommandLine command = new CommandLine(new UiCommand(environment));
    CommandSpec spec = command.getCommandSpec();
    OptionSpec required = spec.findOption("--store");
    spec.remove(required);
    spec.addOption(
        OptionSpec.builder(required)
            .required(false)
            .description(
                "The directory of an embedded store that no other process uses, or",
                "redis[s]://[[user]:password@]host[:port] for a store in Redis (default: a new"
                    + " store in memory with sample answers).")
            .build());
    return command;
  }

  @Override
  public Integer call() {
    checkOptions();
    try (Shutdown shutdown = new Shutdown();
        OptionalModel model = openModel()) {
      if (store.isGiven()) {
        store.withOrExactOnly(
            (embedder, opened, isExactOnly) ->
                serve(embedder, opened, isExactOnly, model, shutdown));
      } else {
        store.inMemory((embedder, opened) -> serve(embedder, opened, false, model, shutdown));
      }
    }
    return 0;
  }

  private void checkOptions() {
    if (port < 0 || port > MAX_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--port is " + port + "; it must be between 0 and " + MAX_PORT);
    }
    if (policy.learns() || policy.verifier().usesLabels()) {
      throw new ParameterException(
          spec.commandLine(),
          "--policy or --verifier needs labels or learned state; ui has neither");
    }
    if (chatModel != null && !settings.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--chat-model and --setting cannot be used together");
    }
  }

  /**
   * The chat model that answers misses.
   *
   * @param client the model, if there is one
   * @param closeConnection closes its connection
   */
  private record OptionalModel(Optional<ChatClient> client, Runnable closeConnection)
      implements AutoCloseable {
    @Override
    public void close() {
      closeConnection.run();
    }
  }

  /** Opens the model. A store in memory has sample answers; a real store never gets any. */
  private OptionalModel openModel() {
    if (chatModel != null) {
      OpenAiChatClient client = store.openChatModel(chatModel);
      return new OptionalModel(Optional.of(client), client::close);
    }
    return new OptionalModel(
        store.isGiven() ? Optional.empty() : Optional.of(new DemoAnswers()), () -> {});
  }

  private Object serve(
      OpenEmbedder embedder,
      Stores.OpenStore opened,
      boolean isExactOnly,
      OptionalModel model,
      Shutdown shutdown) {
    String storeName = store.isGiven() ? store.name() : "in memory";
    UiOptions options =
        new UiOptions(
            storeName,
            opened.store(),
            opened.listing(),
            embedder.embedder(),
            scope(model.client()),
            model.client(),
            isExactOnly,
            policy.name(),
            policy::configure);
    try (UiServer server = UiServer.start(options, port)) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(server.address());
      out.flush();
      if (environment.showsProgress()) {
        spec.commandLine().getErr().println("Ctrl-C ends the page.");
      }
      openBrowser(server.address());
      shutdown.await();
    }
    return storeName;
  }

  private Scope scope(Optional<ChatClient> model) {
    Scope scope =
        Scope.of(NameAndValue.toMap(tags))
            .settings(
                model.map(ChatClient::settings).orElseGet(() -> NameAndValue.toMap(settings)));
    return system == null ? scope : scope.system(system);
  }

  private void openBrowser(URI address) {
    if (noBrowser || !environment.showsProgress() || GraphicsEnvironment.isHeadless()) {
      return;
    }
    try {
      if (Desktop.isDesktopSupported() && Desktop.getDesktop().isSupported(Desktop.Action.BROWSE)) {
        Desktop.getDesktop().browse(address);
      }
    } catch (IOException | UnsupportedOperationException e) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("semcache-cli: open the address above in a browser");
      err.flush();
    }
  }

  /** Waits for Ctrl-C, and delays the end of the process until the store is closed. */
  private static final class Shutdown implements AutoCloseable {
    private final CountDownLatch requested = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "semcache-ui-shutdown");

    Shutdown() {
      Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Returns when the process is about to end, or when the thread is interrupted. */
    void await() {
      try {
        requested.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    private void stop() {
      requested.countDown();
      try {
        if (!closed.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
          System.err.println("semcache-cli: the store was not closed in time");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() {
      closed.countDown();
      if (requested.getCount() > 0) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    }
  }
}
