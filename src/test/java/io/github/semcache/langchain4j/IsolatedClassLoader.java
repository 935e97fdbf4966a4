package io.github.semcache.langchain4j;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Reloads some packages, and hides others as if their jar were missing. */
final class IsolatedClassLoader extends ClassLoader {
  private final List<String> reloaded;
  private final List<String> hidden;

  /**
   * Creates a class loader.
   *
   * @param reloaded prefixes of the names of classes that are loaded again
   * @param hidden prefixes of the names of classes that are not found; all other classes are loaded
   *     by the class loader of the tests
   */
  IsolatedClassLoader(List<String> reloaded, List<String> hidden) {
    super(IsolatedClassLoader.class.getClassLoader());
    this.reloaded = reloaded;
    this.hidden = hidden;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (hidden.stream().anyMatch(name::startsWith)) {
      throw new ClassNotFoundException(name);
    }
    if (reloaded.stream().noneMatch(name::startsWith)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null ? loaded : define(name);
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      byte[] bytes = in.readAllBytes();
      return defineClass(name, bytes, 0, bytes.length);
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
