/**
 * The model that is called on a miss: the {@link io.github.semcache.chat.ChatClient} port, its
 * {@link io.github.semcache.chat.ChatReply replies}, the {@link
 * io.github.semcache.chat.ChatReply.Admission} that decides which of them may be stored, and the
 * {@link io.github.semcache.chat.ChatClient.Observer} of model calls.
 */
@NullMarked
package io.github.semcache.chat;

import org.jspecify.annotations.NullMarked;
