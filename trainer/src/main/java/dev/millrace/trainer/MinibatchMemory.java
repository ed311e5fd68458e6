package dev.millrace.trainer;

import dev.millrace.trainer.model.MinibatchBuffer;
import dev.millrace.trainer.model.TrainingSession;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;

/** Where a minibatch's images and labels go. */
interface MinibatchMemory {
  /** Room for the images: uint8, NHWC. */
  ByteBuffer images();

  /** Tells of one image its id and its class index. */
  void label(int image, String id, int label);

  /** So many images are there, and no more come for now. */
  void full(int images);

  /**
   * TensorFlow's own memory.
   *
   * @param whenFull told how many images are there
   */
  record OfSession(MinibatchBuffer buffer, ByteBuffer images, IntConsumer whenFull)
      implements MinibatchMemory {
    /** Memory whose images are brought to the session's device as soon as they are there. */
    static OfSession staged(TrainingSession session, MinibatchBuffer buffer) {
      return new OfSession(buffer, buffer.images(), images -> session.stage(buffer, images));
    }

    @Override
    public void label(int image, String id, int label) {
      buffer.setLabel(image, label);
    }

    @Override
    public void full(int number) {
      whenFull.accept(number);
    }
  }

  /**
   * TensorFlow's own memory, and of each image what it is.
   *
   * @param ids each image's id
   * @param labels each image's class index
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record OfValidation(MinibatchBuffer buffer, ByteBuffer images, String[] ids, int[] labels)
      implements MinibatchMemory {
    static OfValidation of(MinibatchBuffer buffer) {
      int most = buffer.maxImages();
      return new OfValidation(buffer, buffer.images(), new String[most], new int[most]);
    }

    @Override
    public void label(int image, String id, int label) {
      buffer.setLabel(image, label);
      ids[image] = id;
      labels[image] = label;
    }

    @Override
    public void full(int number) {
      // an evaluation brings them to the device by itself
    }
  }
}
