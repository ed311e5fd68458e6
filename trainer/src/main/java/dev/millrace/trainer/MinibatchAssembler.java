package dev.millrace.trainer;

import java.nio.ByteBuffer;

/** Copies tensors, in order, into a minibatch's memory. For one thread. */
final class MinibatchAssembler {
  private final TensorSequence tensors;
  private final int size;
  private final int bytesAnImage;
  private TensorCounts counted = TensorCounts.NONE;
  private long bytesCounted;

  /**
   * Makes minibatches.
   *
   * @param size images in a minibatch; the last one of an epoch may hold less
   * @param bytesAnImage length of one image's elements
   */
  MinibatchAssembler(TensorSequence tensors, int size, int bytesAnImage) {
    this.tensors = tensors;
    this.size = size;
    this.bytesAnImage = bytesAnImage;
  }

  /** Fills a minibatch; waits until it is full or the epoch ends. */
  <M extends MinibatchMemory> Minibatch<M> fill(M memory) {
    tensors.prefetch();
    for (int images = 0; images < size; images++) {
      switch (tensors.next()) {
        case TensorItem.Tensor tensor -> copy(tensor, memory, images);
        case TensorItem.End end -> {
          return minibatch(memory, images, end.epoch(), end.end().getImages());
        }
      }
    }
    return minibatch(memory, size, tensors.position().epoch(), -1);
  }

  private void copy(TensorItem.Tensor tensor, MinibatchMemory memory, int image) {
    ByteBuffer elements = tensor.view().elements();
    memory.images().put(image * bytesAnImage, elements, elements.position(), elements.remaining());
    memory.setLabel(image, tensor.view().label());
  }

  private <M extends MinibatchMemory> Minibatch<M> minibatch(
      M memory, int images, int epoch, long epochImages) {
    TensorCounts all = tensors.counts();
    TensorCounts since =
        new TensorCounts(all.missing() - counted.missing(), all.rejected() - counted.rejected());
    long bytes = tensors.bytesRead() - bytesCounted;
    counted = all;
    bytesCounted = tensors.bytesRead();
    return new Minibatch<>(
        memory, images, epoch, epochImages >= 0, epochImages, tensors.position(), bytes, since);
  }
}
