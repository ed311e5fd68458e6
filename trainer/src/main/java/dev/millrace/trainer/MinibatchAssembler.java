package dev.millrace.trainer;

import dev.millrace.schemas.tracing.ImageTraces;
import io.opentelemetry.api.trace.SpanContext;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies tensors, in order, into a minibatch's memory. For one thread. */
final class MinibatchAssembler {
  private static final int MOST_TRACED = 32;

  private final TensorSequence tensors;
  private final int size;
  private final int bytesAnImage;
  private final PendingLetters letters;
  private TensorCounts counted = TensorCounts.NONE;
  private long bytesCounted;
  private @Nullable StreamPosition reached;
  private long digest;
  private final ImageTraces traces = ImageTraces.ofProcess();
  private List<SpanContext> traced = List.of();

  /**
   * Makes minibatches.
   *
   * @param size images in a minibatch; the last one of an epoch may hold less
   * @param bytesAnImage length of one image's elements
   * @param letters where the sequence's dead letters wait for a minibatch
   */
  MinibatchAssembler(TensorSequence tensors, int size, int bytesAnImage, PendingLetters letters) {
    this.tensors = tensors;
    this.size = size;
    this.bytesAnImage = bytesAnImage;
    this.letters = letters;
  }

  /** Fills a minibatch; waits until it is full or the epoch ends. */
  <M extends MinibatchMemory> Minibatch<M> fill(M memory) {
    tensors.prefetch();
    digest = 0;
    traced = List.of();
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
    memory.label(image, tensor.view().id(), tensor.view().label());
    digest += ImageDigest.of(tensor.epoch(), tensor.sequence());
    SpanContext trace = traces.context(tensor.source().headers());
    if (trace != null && traced.size() < MOST_TRACED) {
      traced = traced.isEmpty() ? new ArrayList<>(MOST_TRACED) : traced;
      traced.add(trace);
    }
  }

  private <M extends MinibatchMemory> Minibatch<M> minibatch(
      M memory, int images, int epoch, long epochImages) {
    TensorCounts all = tensors.counts();
    TensorCounts since = all.minus(counted);
    long bytes = tensors.bytesRead() - bytesCounted;
    counted = all;
    bytesCounted = tensors.bytesRead();
    StreamPosition begin = reached == null ? tensors.start() : reached;
    reached = tensors.position();
    return new Minibatch<>(
        memory,
        images,
        epoch,
        epochImages >= 0,
        epochImages,
        begin,
        reached,
        bytes,
        since,
        digest,
        letters.take(),
        traced);
  }
}
