/** Who answers a miss: the {@link io.github.semcache.chat.ChatClient} port and what it replies. */
@NullMarked
package io.github.semcache.chat;

import org.jspecify.annotations.NullMarked;
