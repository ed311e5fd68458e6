package dev.millrace.trainer.model;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.tensorflow.RawTensor;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataStorageVisitor;

/** TensorFlow's own memory behind a tensor on the processor, without copying. */
final class TensorBytes {
  private TensorBytes() {}

  /** A direct, writable view in the machine's byte order, valid until the tensor is closed. */
  static ByteBuffer of(Tensor tensor) {
    RawTensor raw = tensor.asRawTensor();
    return raw.data().accept(new View()).order(ByteOrder.nativeOrder());
  }

  /** A copy of the elements of a tensor of float32. */
  static float[] floats(Tensor tensor) {
    FloatBuffer elements = of(tensor).asFloatBuffer();
    float[] copy = new float[elements.remaining()];
    elements.get(copy);
    return copy;
  }

  /** A copy of the elements of a tensor of int32. */
  static int[] ints(Tensor tensor) {
    IntBuffer elements = of(tensor).asIntBuffer();
    int[] copy = new int[elements.remaining()];
    elements.get(copy);
    return copy;
  }

  private static final class View implements DataStorageVisitor<ByteBuffer> {
    @Override
    public ByteBuffer visit(ByteBuffer buffer) {
      return buffer.duplicate().clear();
    }

    @Override
    @SuppressWarnings("restricted") // the JVM is started with native access for TensorFlow anyhow
    public ByteBuffer visit(long address, long length, long scale) {
      return MemorySegment.ofAddress(address).reinterpret(length * scale).asByteBuffer();
    }

    @Override
    public ByteBuffer fallback() {
      throw new IllegalStateException(
          "Cannot view a tensor's memory: ndarray must give its address or a byte buffer");
    }
  }
}
