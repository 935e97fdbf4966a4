/**
 * Shadow mode, judging, user feedback, and synchronization of learned state. A part is created only
 * if an option of the cache or a user's report needs it. Internal: not part of the API.
 */
@NullMarked
package io.github.semcache.internal.learning;

import org.jspecify.annotations.NullMarked;
