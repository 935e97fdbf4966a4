/** Tests of the encryption of entries. */
@NullMarked
package io.github.semcache.encryption;

import org.jspecify.annotations.NullMarked;
