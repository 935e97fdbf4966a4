/** What a text contains that an embedding does not show. */
@NullMarked
package io.github.semcache.internal.text;

import org.jspecify.annotations.NullMarked;
