/**
 * Contract tests and fakes for authors of stores and for tests of applications: extend {@link
 * io.github.semcache.testkit.VectorStoreContract} and the other contracts with a subclass that
 * opens the store under test. Needs semcache, JUnit Jupiter, and AssertJ.
 */
@NullMarked
package io.github.semcache.testkit;

import org.jspecify.annotations.NullMarked;
