package dev.millrace.trainer;

import dev.millrace.trainer.model.MinibatchBuffer;
import dev.millrace.trainer.model.TrainingSession;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** Where a minibatch's images and labels go. */
interface MinibatchMemory {
  /** Room for the images: uint8, NHWC. */
  ByteBuffer images();

  /** Sets the class index of one image. */
  void setLabel(int image, int label);

  /** So many images are there, and no more come for now. */
  void full(int images);

  /**
   * TensorFlow's own memory.
   *
   * @param whenFull told how many images are there
   */
  record OfSession(MinibatchBuffer buffer, ByteBuffer images, IntConsumer whenFull)
      implements MinibatchMemory {
    /** Memory that the caller has its own use for. */
    static OfSession of(MinibatchBuffer buffer) {
      return new OfSession(buffer, buffer.images(), _ -> {});
    }

    /** Memory whose images are brought to the session's device as soon as they are there. */
    static OfSession staged(TrainingSession session, MinibatchBuffer buffer) {
      return new OfSession(buffer, buffer.images(), images -> session.stage(buffer, images));
    }

    @Override
    public void setLabel(int image, int label) {
      buffer.setLabel(image, label);
    }

    @Override
    public void full(int number) {
      whenFull.accept(number);
    }
  }
}
