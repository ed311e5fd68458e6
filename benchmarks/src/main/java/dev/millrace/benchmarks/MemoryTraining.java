package dev.millrace.benchmarks;

import dev.millrace.augmenter.Augmentation;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.schemas.Split;
import dev.millrace.trainer.model.EvaluationResult;
import dev.millrace.trainer.model.MinibatchBuffer;
import dev.millrace.trainer.model.Network;
import dev.millrace.trainer.model.SessionOptions;
import dev.millrace.trainer.model.StepResult;
import dev.millrace.trainer.model.TrainingSession;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Trains a network on a dataset held in memory, in each epoch by the producer's order and with what
 * the augmenter would make of each image: for what is said of networks, whatever brings the images.
 */
final class MemoryTraining implements AutoCloseable {
  private final Dataset dataset;
  private final SessionOptions options;
  private final int minibatchSize;
  private final MemoryImages train;
  private final MemoryImages validation;
  private final ImageDecoder decoder;
  private final Augmentation augmentation;
  private final TrainingSession session;
  private final MinibatchBuffer minibatch;
  private final MinibatchBuffer stored;
  private int[] order = new int[0];
  private int position;
  private int epoch = -1;
  private long steps;

  /**
   * Reads all images and opens the network; the dataset must stay open.
   *
   * @param recipe what is done to an image
   */
  MemoryTraining(Dataset dataset, Recipe recipe, SessionOptions options) throws IOException {
    this.dataset = dataset;
    this.options = options;
    this.train = MemoryImages.of(dataset, Split.TRAIN);
    this.validation = MemoryImages.of(dataset, Split.VALIDATION);
    this.decoder = ImageDecoders.open(ImageLimits.DEFAULT);
    this.augmentation = new Augmentation(recipe, decoder);
    this.session = TrainingSession.open(options);
    Network network = options.network();
    this.minibatchSize = network.hyperparameters().minibatchSize();
    this.minibatch = session.buffer(minibatchSize, network.inputSize(), network.inputSize());
    this.stored = session.buffer(minibatchSize, network.storedSize(), network.storedSize());
  }

  /** Steps in a pass over the training images. */
  int stepsInEpoch() {
    return Math.ceilDiv(train.size(), minibatchSize);
  }

  /** Steps done. */
  long steps() {
    return steps;
  }

  /**
   * One step on the next images.
   *
   * @return share, from 0 to 1, of its images whose class was not the likeliest
   */
  double step(float learningRate) throws CorruptImageException {
    if (position == order.length) {
      epoch++;
      order = dataset.order(Split.TRAIN, options.seed(), epoch);
      position = 0;
    }
    int images = Math.min(minibatchSize, order.length - position);
    ByteBuffer pixels = minibatch.images();
    for (int i = 0; i < images; i++) {
      put(train, order[position++], i, minibatch, pixels);
    }
    StepResult result = session.train(minibatch, images, ++steps, learningRate);
    if (!Float.isFinite(result.loss())) {
      throw new IllegalStateException(
          "%s diverged at step %d: its loss is %s; a learning rate below %s may do"
              .formatted(options.network().name(), steps, result.loss(), learningRate));
    }
    return (double) result.top1Errors() / images;
  }

  /** Share, from 0 to 1, of the validation images whose class is not the likeliest. */
  double error() throws CorruptImageException {
    long errors = 0;
    for (int from = 0; from < validation.size(); from += minibatchSize) {
      int images = Math.min(minibatchSize, validation.size() - from);
      ByteBuffer pixels = stored.images();
      for (int i = 0; i < images; i++) {
        put(validation, from + i, i, stored, pixels);
      }
      EvaluationResult result = session.evaluate(stored, images);
      errors += result.top1Errors();
    }
    return (double) errors / validation.size();
  }

  private void put(
      MemoryImages images, int which, int place, MinibatchBuffer buffer, ByteBuffer pixels)
      throws CorruptImageException {
    MemoryImages.Labeled image = images.images().get(which);
    pixels.put(
        augmentation
            .apply(image.encoded(), images.split(), Math.max(epoch, 0), image.id())
            .elements());
    buffer.setLabel(place, image.label());
  }

  @Override
  public void close() {
    minibatch.close();
    stored.close();
    session.close();
    decoder.close();
  }
}
