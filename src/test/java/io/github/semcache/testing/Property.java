package io.github.semcache.testing;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a test method that states a property of all values. The method takes one {@link Values} and
 * is called repeatedly, each time with other values. All calls use the same test instance.
 *
 * <p>A failure reports the seed and the number of the try. {@code -Dsemcache.property.seed=SEED}
 * repeats a whole run, and {@code -Dsemcache.property.try=TRY} in addition repeats that try alone.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Test
@ExtendWith(PropertyExtension.class)
public @interface Property {

  /**
   * The number of tries.
   *
   * @return the number of tries, at least 1
   */
  int tries() default 1_000;
}
