package io.github.semcache.cli;

import io.github.semcache.langchain4j.MiniLmEmbedder;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The command line of semcache. The exit code is 0 if the command succeeded, 1 if it failed, and 2
 * if the command line is invalid.
 */
@Command(
    name = "semcache-cli",
    description =
        "Evaluates a semantic cache on recorded prompts, and inspects the entries of a store."
            + " The command ui does both on a local page.",
    mixinStandardHelpOptions = true,
    versionProvider = SemcacheCli.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:success", "1:failure", "2:invalid command line"})
public final class SemcacheCli implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  @Option(
      names = {"-v", "--stacktrace"},
      scope = ScopeType.INHERIT,
      description = "Print the stack trace of a failure.")
  private boolean stackTrace;

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  private SemcacheCli() {}

  /** Lucene logs hints about the JVM. The field prevents the configured logger from collection. */
  private static final Logger LUCENE_LOG = Logger.getLogger("org.apache.lucene");

  /**
   * Runs the command line and exits the process.
   *
   * @param args the command line arguments
   */
  public static void main(String... args) {
    if (System.getProperty(LOG_LEVEL) == null) {
      System.setProperty(LOG_LEVEL, "error");
      LUCENE_LOG.setLevel(Level.SEVERE);
    }
    System.exit(
        commandLine(
                new CliEnvironment(
                    System.getenv(),
                    CliEnvironment.standardErrorIsTerminal(),
                    MiniLmEmbedder::create))
            .execute(args));
  }

  static CommandLine commandLine(CliEnvironment environment) {
    SemcacheCli root = new SemcacheCli();
    return new CommandLine(root)
        .addSubcommand(new ReplayCommand(environment))
        .addSubcommand(new FitCommand(environment))
        .addSubcommand(new FitVerifierCommand(environment))
        .addSubcommand(new ReportCommand(environment))
        .addSubcommand(new PairsCommand(environment))
        .addSubcommand(new BenchCommand(environment))
        .addSubcommand(new ExplainCommand(environment))
        .addSubcommand(new CachesCommand())
        .addSubcommand(new StatsCommand(environment))
        .addSubcommand(new SettingsCommand(environment))
        .addSubcommand(new ListCommand(environment))
        .addSubcommand(new ForgetCommand(environment))
        .addSubcommand(new LoadCommand(environment))
        .addSubcommand(new MigrateCommand(environment))
        .addSubcommand(UiCommand.commandLine(environment))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(new ErrorHandler(root::showsStackTrace))
        .setExecutionExceptionHandler(new ErrorHandler(root::showsStackTrace));
  }

  private boolean showsStackTrace() {
    return stackTrace;
  }

  /** Fails because no command is given. */
  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a command is missing; it must be one of the commands in --help");
  }

  /** Provides the version of the library. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = SemcacheCli.class.getPackage().getImplementationVersion();
      return new String[] {"semcache " + (version == null ? "(not packaged)" : version)};
    }
  }
}
