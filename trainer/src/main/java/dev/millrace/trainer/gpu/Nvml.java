package dev.millrace.trainer.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * NVIDIA's management library: which GPUs there are and how much of them is used. It belongs to the
 * driver, and numbers GPUs as the machine has them, whatever CUDA_VISIBLE_DEVICES says.
 */
public final class Nvml implements AutoCloseable {
  private static final String LIBRARY = "libnvidia-ml.so.1";
  private static final int TEXT_BYTES = 96;
  private static final FunctionDescriptor NO_ARGUMENTS =
      FunctionDescriptor.of(ValueLayout.JAVA_INT);
  private static final FunctionDescriptor POINTER =
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS);
  private static final FunctionDescriptor POINTERS =
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS);
  private static final FunctionDescriptor TEXT =
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
  private static final FunctionDescriptor NAME =
      FunctionDescriptor.of(
          ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
  private static final FunctionDescriptor BY_INDEX =
      FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS);

  private final NativeLibrary library;

  /**
   * A GPU.
   *
   * @param memoryBytes its memory
   */
  public record Gpu(String name, long memoryBytes) {}

  /**
   * How much of a GPU is used, by all processes.
   *
   * @param busyShare share of the last moment, from 0 to 1, in which it computed something
   * @param memoryBytes memory in use
   */
  public record Use(double busyShare, long memoryBytes) {}

  private Nvml(NativeLibrary library) {
    this.library = library;
  }

  /** Opens it; null where there is no driver, or none that answers. */
  public static @Nullable Nvml open() {
    NativeLibrary library = NativeLibrary.open(LIBRARY);
    if (library == null
        || NativeLibrary.callInt(library.function("nvmlInit_v2", NO_ARGUMENTS)) != 0) {
      return null;
    }
    return new Nvml(library);
  }

  /** The driver's version, for instance {@code 580.159.04}. */
  public String driver() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocate(TEXT_BYTES);
      call("nvmlSystemGetDriverVersion", TEXT, text, TEXT_BYTES);
      return text.getString(0);
    }
  }

  /** The GPUs of this machine. */
  public List<Gpu> gpus() {
    List<Gpu> gpus = new ArrayList<>();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      call("nvmlDeviceGetCount_v2", POINTER, count);
      for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
        MemorySegment name = arena.allocate(TEXT_BYTES);
        MemorySegment device = device(arena, i);
        call("nvmlDeviceGetName", NAME, device, name, TEXT_BYTES);
        gpus.add(new Gpu(name.getString(0), memory(arena, device, 0)));
      }
    }
    return gpus;
  }

  /**
   * How much of a GPU is used now.
   *
   * @param index the GPU, from 0
   */
  public Use use(int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment device = device(arena, index);
      MemorySegment rates = arena.allocate(MemoryLayout.sequenceLayout(2, ValueLayout.JAVA_INT));
      call("nvmlDeviceGetUtilizationRates", POINTERS, device, rates);
      return new Use(rates.get(ValueLayout.JAVA_INT, 0) / 100.0, memory(arena, device, 2));
    }
  }

  private MemorySegment device(Arena arena, int index) {
    MemorySegment device = arena.allocate(ValueLayout.ADDRESS);
    call("nvmlDeviceGetHandleByIndex_v2", BY_INDEX, index, device);
    return device.get(ValueLayout.ADDRESS, 0);
  }

  // total, free and used, in this order
  private long memory(Arena arena, MemorySegment device, int which) {
    MemorySegment memory = arena.allocate(MemoryLayout.sequenceLayout(3, ValueLayout.JAVA_LONG));
    call("nvmlDeviceGetMemoryInfo", POINTERS, device, memory);
    return memory.getAtIndex(ValueLayout.JAVA_LONG, which);
  }

  private void call(String function, FunctionDescriptor descriptor, Object... arguments) {
    int fault = NativeLibrary.callInt(library.function(function, descriptor), arguments);
    if (fault != 0) {
      throw new IllegalStateException("%s of %s gave error %d".formatted(function, LIBRARY, fault));
    }
  }

  @Override
  public void close() {
    NativeLibrary.callInt(library.function("nvmlShutdown", NO_ARGUMENTS));
  }
}
