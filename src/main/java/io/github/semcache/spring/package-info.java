/**
 * Spring Boot auto-configuration of a cache from {@code semcache.*} properties, and the advisor
 * that adds a cache to the chat clients of Spring AI. The only package that depends on Spring.
 */
@NullMarked
package io.github.semcache.spring;

import org.jspecify.annotations.NullMarked;
