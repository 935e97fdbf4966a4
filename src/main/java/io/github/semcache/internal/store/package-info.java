/** Building blocks of the stores. Depends only on the JDK. Internal: not part of the API. */
@NullMarked
package io.github.semcache.internal.store;

import org.jspecify.annotations.NullMarked;
