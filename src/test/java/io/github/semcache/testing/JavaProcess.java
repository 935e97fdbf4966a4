package io.github.semcache.testing;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs main classes of the tests in processes of their own. */
public final class JavaProcess {
  private JavaProcess() {}

  /**
   * Returns a process that has not started, with the class path of this one. It writes its errors
   * to those of this process.
   *
   * @param main the class with the main method
   * @param jvmOptions the options of the JVM
   * @param arguments the arguments of the main method
   */
  public static ProcessBuilder of(Class<?> main, List<String> jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
