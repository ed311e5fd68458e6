package dev.millrace.trainer.model;

import dev.millrace.trainer.gpu.NativeLibrary;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that the operating system may not move, which a GPU fetches by itself and faster: from
 * other memory its driver copies first.
 */
final class PinnedMemory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PinnedMemory.class);
  private static final int PORTABLE = 1; // for every device

  private final NativeLibrary runtime;
  private final MemorySegment memory;

  private PinnedMemory(NativeLibrary runtime, MemorySegment memory) {
    this.runtime = runtime;
    this.memory = memory;
  }

  /**
   * Pins a direct buffer's memory by CUDA's runtime, until closed, which must be before the memory
   * is freed; null where CUDA refuses: then it is merely slower.
   */
  static @Nullable PinnedMemory pin(ByteBuffer buffer) {
    NativeLibrary runtime = NativeLibrary.open("libcudart.so.12");
    if (runtime == null) {
      LOG.warn("Minibatches are not pinned: libcudart.so.12 is not found");
      return null;
    }
    MemorySegment memory = MemorySegment.ofBuffer(buffer);
    MethodHandle register =
        runtime.function(
            "cudaHostRegister",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    int fault = NativeLibrary.callInt(register, memory, memory.byteSize(), PORTABLE);
    if (fault != 0) {
      LOG.warn("Minibatches are not pinned: cudaHostRegister gave error {}", fault);
      return null;
    }
    return new PinnedMemory(runtime, memory);
  }

  @Override
  public void close() {
    MethodHandle unregister =
        runtime.function(
            "cudaHostUnregister", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    int fault = NativeLibrary.callInt(unregister, memory);
    if (fault != 0) {
      LOG.warn("cudaHostUnregister gave error {}", fault);
    }
  }
}
