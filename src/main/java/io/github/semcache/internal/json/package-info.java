/**
 * The parts of requests and answers in JSON that several wrapped clients read in the same way: the
 * canonical form of a request, the format that a request asks for, and its use of live data. The
 * only dependency besides the port {@code chat} is Jackson. Internal: not part of the API.
 */
@NullMarked
package io.github.semcache.internal.json;

import org.jspecify.annotations.NullMarked;
