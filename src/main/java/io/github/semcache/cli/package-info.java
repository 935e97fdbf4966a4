/**
 * The command line, {@code java -jar semcache-cli.jar}. Requires the optional dependency {@code
 * info.picocli:picocli}, and is the only package that uses it.
 */
@NullMarked
package io.github.semcache.cli;

import org.jspecify.annotations.NullMarked;
