/** What a text contains that an embedding does not show. Internal: not part of the API. */
@NullMarked
package io.github.semcache.internal.text;

import org.jspecify.annotations.NullMarked;
