/** The local page of the command line: an HTTP server on loopback, its page, and its endpoints. */
@NullMarked
package io.github.semcache.cli.ui;

import org.jspecify.annotations.NullMarked;
