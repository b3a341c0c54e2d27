package io.heatsink.hunt;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashSet;
import java.util.Set;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.pool.TypePool;

/**
 * A second Heatsink in this JVM, broken as a mutant says: all of our classes are loaded once more,
 * those that the mutant names with their code changed. What is not ours is shared.
 */
final class MutantLoader extends ClassLoader {

  private static final String OURS = "io.heatsink.";

  private final Mutant mutant;
  private final ClassFileLocator files;
  private final Set<String> broken = new HashSet<>();

  MutantLoader(Mutant mutant) {
    super(MutantLoader.class.getClassLoader());
    this.mutant = mutant;
    this.files = ClassFileLocator.ForClassLoader.of(getParent());
  }

  /** Hunts the mutant; the fault that shows it, or null. */
  Object hunt(long firstSeed, int seeds) throws ReflectiveOperationException {
    Object fault =
        loadClass(Hunt.class.getName())
            .getMethod("run", String.class, long.class, int.class)
            .invoke(null, mutant.setup.name(), firstSeed, seeds);
    if (broken.size() != mutant.classes().size()) {
      throw new AssertionError(mutant + " broke only " + broken);
    }
    return fault;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        byte[] code = code(name);
        loaded = defineClass(name, code, 0, code.length);
      }
      return loaded;
    }
  }

  private byte[] code(String name) throws ClassNotFoundException {
    if (mutant.classes().contains(name)) {
      broken.add(name);
      TypeDescription type = TypePool.Default.of(files).describe(name).resolve();
      return mutant.breaks(new ByteBuddy().redefine(type, files)).make().getBytes();
    }
    try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (file == null) {
        throw new ClassNotFoundException(name);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
