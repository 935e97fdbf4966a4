/**
 * Runs a cache under load while its servers, its disk, its clock, or its parts fail, and checks
 * that no request fails, is answered wrongly, or waits longer than the deadline.
 */
@NullMarked
package io.github.semcache.chaos;

import org.jspecify.annotations.NullMarked;
