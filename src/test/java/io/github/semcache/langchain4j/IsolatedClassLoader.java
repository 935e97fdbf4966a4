package io.github.semcache.langchain4j;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** Loads some packages anew and keeps others out of sight, as if their jar were missing. */
final class IsolatedClassLoader extends ClassLoader {
  private final List<String> fresh;
  private final List<String> hidden;

  /** Takes prefixes of class names; classes of no prefix are shared with the tests. */
  IsolatedClassLoader(List<String> fresh, List<String> hidden) {
    super(IsolatedClassLoader.class.getClassLoader());
    this.fresh = fresh;
    this.hidden = hidden;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (hidden.stream().anyMatch(name::startsWith)) {
      throw new ClassNotFoundException(name);
    }
    if (fresh.stream().noneMatch(name::startsWith)) {
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
