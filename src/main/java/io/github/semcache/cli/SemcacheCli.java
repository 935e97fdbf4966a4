package io.github.semcache.cli;

import io.github.semcache.langchain4j.MiniLmEmbedder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line over the library. Exit codes: 0 if the command did what it was told to, 1 if it
 * failed, 2 if it was not understood.
 */
@Command(
    name = "semcache-cli",
    description = "Shows what a semantic cache does, or would do, with your prompts.",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:the command line was not understood"})
public final class SemcacheCli implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  @Option(
      names = {"-v", "--stacktrace"},
      scope = ScopeType.INHERIT,
      description = "Show the whole stack trace of a failure.")
  private boolean stackTrace;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  private SemcacheCli() {}

  /**
   * Runs the command line and ends the process.
   *
   * @param args what was typed
   */
  public static void main(String... args) {
    if (System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, "error");
    }
    System.exit(
        commandLine(
                new CliEnvironment(
                    System.getenv(),
                    CliEnvironment.standardErrorIsTerminal(),
                    MiniLmEmbedder::create))
            .execute(args));
  }

  static CommandLine commandLine(CliEnvironment surroundings) {
    SemcacheCli root = new SemcacheCli();
    return new CommandLine(root)
        .addSubcommand(new ReplayCommand(surroundings))
        .addSubcommand(new FitCommand(surroundings))
        .addSubcommand(new ReportCommand(surroundings))
        .addSubcommand(new ExplainCommand(surroundings))
        .addSubcommand(new StatsCommand(surroundings))
        .addSubcommand(new ListCommand(surroundings))
        .addSubcommand(new ForgetCommand(surroundings))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(new Failures(root::showsStackTrace))
        .setExecutionExceptionHandler(new Failures(root::showsStackTrace));
  }

  private boolean showsStackTrace() {
    return stackTrace;
  }

  /** Without a command there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Tells the version of the library. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = SemcacheCli.class.getPackage().getImplementationVersion();
      return new String[] {"semcache " + (version == null ? "(not packaged)" : version)};
    }
  }
}
