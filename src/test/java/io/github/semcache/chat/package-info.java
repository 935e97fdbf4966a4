@NullMarked
package io.github.semcache.chat;

import org.jspecify.annotations.NullMarked;
