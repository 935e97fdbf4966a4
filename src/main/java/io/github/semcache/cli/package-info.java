/**
 * The command line: {@code java -jar semcache-cli.jar --help}. Needs the optional dependency {@code
 * info.picocli:picocli}, and is the only package that knows it.
 */
@NullMarked
package io.github.semcache.cli;

import org.jspecify.annotations.NullMarked;
