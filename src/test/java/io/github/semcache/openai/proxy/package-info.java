/** Tests of the wrapped client, through a real client and a local server. */
@NullMarked
package io.github.semcache.openai.proxy;

import org.jspecify.annotations.NullMarked;
