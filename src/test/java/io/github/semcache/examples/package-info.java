/** The code examples of the README and of {@code docs/integrations.md}. */
@NullMarked
package io.github.semcache.examples;

import org.jspecify.annotations.NullMarked;
