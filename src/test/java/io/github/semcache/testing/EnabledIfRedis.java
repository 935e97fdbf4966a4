package io.github.semcache.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Enables a test if Redis with the search module is available. The last lines of the build report
 * how many of these tests ran, how many were skipped, and why. A test fails if an environment
 * variable names a server that cannot be used.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag(RedisReport.TAG)
@ExtendWith(RedisCondition.class)
public @interface EnabledIfRedis {

  /** Returns the kind of server that the test needs. */
  Need value() default Need.ANY;

  /** The kinds of servers. */
  enum Need {
    /** Any server: {@link RedisServers#uri}. */
    ANY,
    /** A server that the tests may reconfigure and flush: {@link RedisServers#own}. */
    OWN,
    /** A command on the PATH that starts servers: {@link RedisServers#start}. */
    COMMAND,
    /** A cluster: {@link RedisServers#cluster}. */
    CLUSTER
  }
}
