/** Tests of the OpenAI adapters, and the local server that stands in for the service. */
@NullMarked
package io.github.semcache.openai;

import org.jspecify.annotations.NullMarked;
