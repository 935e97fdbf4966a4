@NullMarked
package io.github.semcache.cli.ui;

import org.jspecify.annotations.NullMarked;
