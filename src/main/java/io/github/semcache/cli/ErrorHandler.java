package io.github.semcache.cli;

import io.github.semcache.embedding.EmbedderException;
import io.github.semcache.evaluation.DataFileException;
import io.github.semcache.store.StoreException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Prints an exception in one line, or with its stack trace if that is requested. */
final class ErrorHandler implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final BooleanSupplier showsStackTrace;

  ErrorHandler(BooleanSupplier showsStackTrace) {
    this.showsStackTrace = showsStackTrace;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    String line =
        Suggestion.misspelled(failure, args)
            .map(name -> "Unknown option: '" + name + "'")
            .orElse(oneLine(failure));
    print(err, failure, line);
    Suggestion.of(failure, args).forEach(name -> err.println("Did you mean " + name + "?"));
    err.println(
        "Try '" + command.getCommandSpec().qualifiedName() + " --help' for more information.");
    return CommandLine.ExitCode.USAGE;
  }

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult parseResult) {
    print(command.getErr(), failure, isExpected(failure) ? oneLine(failure) : unexpected(failure));
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static boolean isExpected(Exception failure) {
    return failure instanceof CommandException
        || failure instanceof DataFileException
        || failure instanceof EmbedderException
        || failure instanceof StoreException
        || failure instanceof UncheckedIOException
        || failure instanceof IllegalArgumentException
        || failure instanceof IllegalStateException;
  }

  private static String oneLine(Exception failure) {
    String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
    return message.lines().findFirst().orElse(failure.getClass().getName());
  }

  private static String unexpected(Exception failure) {
    return oneLine(failure)
        + " ("
        + failure.getClass().getName()
        + "; use --stacktrace for details)";
  }

  private void print(PrintWriter err, Exception failure, String line) {
    err.println("semcache-cli: " + TerminalText.line(line));
    if (showsStackTrace.getAsBoolean()) {
      StringWriter stackTrace = new StringWriter();
      failure.printStackTrace(new PrintWriter(stackTrace, true));
      err.println(TerminalText.lines(stackTrace.toString()));
    }
    err.flush();
  }
}
