package io.github.semcache.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Needs Redis with its search module, and is skipped where there is none. The last lines of a build
 * say how many of these tests ran, how many were skipped, and why. Where the environment names a
 * server that cannot be used, the test fails.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Tag(RedisReport.TAG)
@ExtendWith(RedisCondition.class)
public @interface EnabledIfRedis {

  /** Which server it needs. */
  Need value() default Need.ANY;

  /** Kinds of servers. */
  enum Need {
    /** Any: {@link RedisServers#uri}. */
    ANY,
    /**
     * One whose settings the tests may change, and which they may flush: {@link RedisServers#own}.
     */
    OWN,
    /** The command of one on the PATH, to start more of them: {@link RedisServers#start}. */
    COMMAND,
    /** A cluster: {@link RedisServers#cluster}. */
    CLUSTER
  }
}
