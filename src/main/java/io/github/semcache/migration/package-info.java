/** Migration of stored answers to another store, for example to one of another embedding model. */
@NullMarked
package io.github.semcache.migration;

import org.jspecify.annotations.NullMarked;
