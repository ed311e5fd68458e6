package dev.millrace.trainer.model;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import org.jspecify.annotations.Nullable;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TUint8;

/**
 * Images and labels of one minibatch in TensorFlow's own memory, to be filled and trained again and
 * again without a copy. Fill it only while no step reads it. Not safe for use by several threads.
 */
public final class MinibatchBuffer implements AutoCloseable {
  private final TUint8 imageTensor;
  private final TInt32 labelTensor;
  private final ByteBuffer images;
  private final IntBuffer labels;
  private final int height;
  private final int width;
  private final int classes;
  private final @Nullable PinnedMemory pinned;
  private boolean staged;
  private boolean closed;

  /**
   * @param forGpu whether a GPU will fetch the images
   */
  MinibatchBuffer(int maxImages, int height, int width, int classes, boolean forGpu) {
    if (maxImages < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "Cannot make a minibatch buffer: images, height and width must be at least 1, found %d, %d and %d"
              .formatted(maxImages, height, width));
    }
    this.height = height;
    this.width = width;
    this.classes = classes;
    this.imageTensor = TUint8.tensorOf(Shape.of(maxImages, height, width, 3));
    this.labelTensor = TInt32.tensorOf(Shape.of(maxImages));
    this.images = TensorBytes.of(imageTensor);
    this.pinned = forGpu ? PinnedMemory.pin(images) : null;
    this.labels = TensorBytes.of(labelTensor).asIntBuffer();
    for (int i = 0; i < maxImages; i++) {
      labels.put(i, 0);
    }
  }

  /**
   * A writable direct view of all images, uint8 in NHWC order, of TensorFlow's own memory: position
   * 0, limit at the end of the last image. Not to be used after {@link #close}.
   */
  public ByteBuffer images() {
    checkOpen();
    return images.duplicate();
  }

  /**
   * Sets the label of the image at {@code index}.
   *
   * @throws IllegalArgumentException unless the label is a class index of the session
   * @throws IndexOutOfBoundsException unless there is room for such an image
   */
  public void setLabel(int index, int label) {
    checkOpen();
    if (label < 0 || label >= classes) {
      throw new IllegalArgumentException(
          "Cannot label image %d of the minibatch: a label must be from 0 to %d (%d classes), found %d"
              .formatted(index, classes - 1, classes, label));
    }
    labels.put(index, label);
  }

  /** The number of images there is room for. */
  public int maxImages() {
    return labels.capacity();
  }

  /** Height of the images in pixels. */
  public int height() {
    return height;
  }

  /** Width of the images in pixels. */
  public int width() {
    return width;
  }

  /** Whether the images wait on the device for their step. */
  boolean staged() {
    return staged;
  }

  void staged(boolean value) {
    staged = value;
  }

  TUint8 imageTensor() {
    checkOpen();
    return imageTensor;
  }

  TInt32 labelTensor() {
    return labelTensor;
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (pinned != null) {
        pinned.close();
      }
      imageTensor.close();
      labelTensor.close();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("Cannot use a minibatch buffer after it was closed");
    }
  }
}
