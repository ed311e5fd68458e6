package dev.millrace.trainer;

import dev.millrace.trainer.model.MinibatchBuffer;
import java.nio.ByteBuffer;

/** Where a minibatch's images and labels go. */
interface MinibatchMemory {
  /** Room for the images: uint8, NHWC. */
  ByteBuffer images();

  /** Sets the class index of one image. */
  void setLabel(int image, int label);

  /** TensorFlow's own memory. */
  record OfSession(MinibatchBuffer buffer, ByteBuffer images) implements MinibatchMemory {
    OfSession(MinibatchBuffer buffer) {
      this(buffer, buffer.images());
    }

    @Override
    public void setLabel(int image, int label) {
      buffer.setLabel(image, label);
    }
  }
}
