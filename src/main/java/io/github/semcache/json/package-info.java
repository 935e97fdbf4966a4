/**
 * The parts of requests and answers in JSON that several wrapped clients read in the same way: the
 * canonical form of a request, the format that a request asks for, and its use of live data. The
 * only dependency besides the ports is Jackson.
 */
@NullMarked
package io.github.semcache.json;

import org.jspecify.annotations.NullMarked;
