package dev.millrace.trainer.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * A library of the system, found as its loader finds it: see LD_LIBRARY_PATH. Once loaded it stays:
 * CUDA's libraries do not bear being unloaded while another one uses them.
 */
public final class NativeLibrary {
  private final String name;
  private final SymbolLookup symbols;

  private NativeLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /**
   * Loads the library of that name, for instance {@code libcudart.so.12}; null if there is none, or
   * one that cannot be loaded.
   */
  @SuppressWarnings("restricted") // the JVM is started with native access for TensorFlow anyhow
  public static @Nullable NativeLibrary open(String name) {
    try {
      return new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global()));
    } catch (IllegalArgumentException e) { // how it says that there is none
      return null;
    }
  }

  /**
   * A function of the library.
   *
   * @throws IllegalStateException if the library has none of that name
   */
  @SuppressWarnings("restricted") // as above
  public MethodHandle function(String function, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(
            symbols
                .find(function)
                .orElseThrow(() ->
                    new IllegalStateException("%s has no function %s".formatted(name, function))),
            descriptor);
  }

  /** Calls a function that gives an {@code int}. */
  public static int callInt(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) { // functions of C throw nothing
      throw new IllegalStateException(e);
    }
  }
}
