package dev.millrace.trainer.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A library that TensorFlow 2.18 loads before it uses a GPU; where one is missing it uses none.
 *
 * @param name as the loader knows it
 * @param version as the library says, empty if it is missing or does not say
 * @param found whether it is there
 */
public record CudaLibrary(String name, String version, boolean found) {
  private static final int COMPONENTS = 3; // major, minor, patch

  /** All of them: the driver, then CUDA 12 and cuDNN 9. */
  public static List<CudaLibrary> all() {
    return List.of(
        look("libcuda.so.1", library -> cuda(byPointer(library, "cuDriverGetVersion"))),
        look("libcudart.so.12", library -> cuda(byPointer(library, "cudaRuntimeGetVersion"))),
        look("libcublas.so.12", library -> properties(library, "cublasGetProperty")),
        look("libcublasLt.so.12", library -> properties(library, "cublasLtGetProperty")),
        look("libcufft.so.11", library -> properties(library, "cufftGetProperty")),
        look("libcusolver.so.11", library -> properties(library, "cusolverGetProperty")),
        look("libcusparse.so.12", library -> properties(library, "cusparseGetProperty")),
        look("libcudnn.so.9", CudaLibrary::cudnn));
  }

  private interface Version {
    String of(NativeLibrary library);
  }

  private static CudaLibrary look(String name, Version version) {
    NativeLibrary library = NativeLibrary.open(name);
    if (library == null) {
      return new CudaLibrary(name, "", false);
    }
    try {
      return new CudaLibrary(name, version.of(library), true);
    } catch (IllegalStateException e) { // another make of it, without that function
      return new CudaLibrary(name, "", true);
    }
  }

  private static int byPointer(NativeLibrary library, String function) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      FunctionDescriptor descriptor =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
      NativeLibrary.callInt(library.function(function, descriptor), value);
      return value.get(ValueLayout.JAVA_INT, 0);
    }
  }

  private static String cuda(int version) {
    return "%d.%d".formatted(version / 1000, version % 1000 / 10);
  }

  private static String properties(NativeLibrary library, String function) {
    FunctionDescriptor descriptor =
        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(ValueLayout.JAVA_INT);
      return String.join(
          ".",
          IntStream.range(0, COMPONENTS)
              .mapToObj(component -> {
                NativeLibrary.callInt(library.function(function, descriptor), component, value);
                return Integer.toString(value.get(ValueLayout.JAVA_INT, 0));
              })
              .toList());
    }
  }

  private static String cudnn(NativeLibrary library) {
    FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT);
    int version = NativeLibrary.callInt(library.function("cudnnGetVersion", descriptor));
    return "%d.%d.%d".formatted(version / 10_000, version % 10_000 / 100, version % 100);
  }
}
