/** Tests of the SPI for wrapped clients. */
@NullMarked
package io.github.semcache.adapter;

import org.jspecify.annotations.NullMarked;
