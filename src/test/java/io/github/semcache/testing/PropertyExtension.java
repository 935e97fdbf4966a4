package io.github.semcache.testing;

import java.lang.reflect.Method;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.ReflectionSupport;

/** Calls the method of a {@link Property} once per try. */
final class PropertyExtension implements ParameterResolver, InvocationInterceptor {
  static final String SEED = "semcache.property.seed";
  static final String TRY = "semcache.property.try";

  private static final int MAX_DISCARDED_PER_TRY = 5;

  /** A property: checks some values. */
  interface Check {
    void of(Values values) throws Throwable;
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Values.class;
  }

  @Override
  public Values resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return new Values(0, 0);
  }

  @Override
  public void interceptTestMethod(
      Invocation<Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    invocation.skip();
    Object test = context.getRequiredTestInstance();
    int tries = method.getExecutable().getAnnotation(Property.class).tries();
    Long seed = Long.getLong(SEED);
    Integer only = Integer.getInteger(TRY);
    Check check = values -> ReflectionSupport.invokeMethod(method.getExecutable(), test, values);
    if (seed != null && only != null) {
      runTry(only, seed, check);
    } else {
      run(tries, seed != null ? seed : ThreadLocalRandom.current().nextLong(), check);
    }
  }

  /** Runs tries until enough of them have met the assumptions of the property. */
  static void run(int tries, long seed, Check check) {
    int passed = 0;
    for (int number = 0; passed < tries; number++) {
      if (number >= (long) tries * (1 + MAX_DISCARDED_PER_TRY)) {
        throw new AssertionError(
            "only %,d of %,d tries met the assumptions of the property (seed %d)"
                .formatted(passed, number, seed));
      }
      passed += runTry(number, seed, check) ? 1 : 0;
    }
  }

  /** Returns false if the values of this try did not meet the assumptions of the property. */
  static boolean runTry(int number, long seed, Check check) {
    Values values = new Values(seed, number);
    try {
      check.of(values);
      return true;
    } catch (Values.Discarded discarded) {
      return false;
    } catch (Throwable failure) {
      throw new AssertionError(
          "property failed with seed %d at try %d (repeat with -D%s=%d -D%s=%d)%n%s%ndrawn values: %s"
              .formatted(seed, number, SEED, seed, TRY, number, failure, values),
          failure);
    }
  }
}
