package dev.millrace.pipeline.predict;

import dev.millrace.augmenter.Augmentation;
import dev.millrace.augmenter.AugmenterOptions;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.schemas.Split;
import dev.millrace.trainer.CheckpointClassifier;
import dev.millrace.trainer.model.MinibatchBuffer;
import dev.millrace.trainer.model.Network;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Predicts the classes of image files: decoded and cut by the augmenter's code as validation images
 * are, so that a checkpoint gets the pixels that its evaluation gets. One minibatch is in memory at
 * a time. For one thread.
 */
public final class Predictor implements AutoCloseable {
  /** Images in a minibatch. */
  static final int MINIBATCH = 64;

  private static final int TOP = 5;

  private final CheckpointClassifier classifier;
  private final ImageLimits limits;
  private final PredictionListener listener;
  private final ImageDecoder decoder;
  private final Augmentation augmentation;
  private final MinibatchBuffer buffer;
  private final List<String> names;
  private final List<Path> waiting = new ArrayList<>();

  /**
   * Prepares the work.
   *
   * @param classifier closed by the caller, after this was used
   * @param limits images over them fail
   */
  public Predictor(
      CheckpointClassifier classifier, ImageLimits limits, PredictionListener listener) {
    this.classifier = classifier;
    this.limits = limits;
    this.listener = listener;
    Network network = classifier.model().network();
    Recipe recipe =
        Recipe.of(
            AugmenterOptions.builder()
                .resize(network.storedSize())
                .crop(network.inputSize())
                .build());
    this.decoder = ImageDecoders.open(limits);
    this.augmentation = new Augmentation(recipe, decoder);
    this.buffer = classifier.classifier().buffer(MINIBATCH);
    this.names = classifier.model().allNames();
  }

  /** Takes a file; its prediction comes when a minibatch is full, or with {@link #finish}. */
  public void add(Path file) {
    try {
      byte[] rgb =
          augmentation
              .pixels(ByteBuffer.wrap(read(file)), Split.VALIDATION, 0, file.toString())
              .rgb();
      buffer.images().put(waiting.size() * rgb.length, rgb);
      waiting.add(file);
    } catch (NoSuchFileException e) {
      listener.failed(file, "there is no such file");
    } catch (IOException e) {
      listener.failed(file, "it cannot be read: " + e);
    } catch (CorruptImageException | IllegalArgumentException e) {
      // The latter where an image is too long for its width to be resized.
      listener.failed(file, String.valueOf(e.getMessage()));
    }
    if (waiting.size() == MINIBATCH) {
      finish();
    }
  }

  private byte[] read(Path file) throws IOException, CorruptImageException {
    long length = Files.size(file);
    if (length > limits.maxBytes()) {
      throw new CorruptImageException(
          "the file may have %d bytes at most, found %d".formatted(limits.maxBytes(), length));
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes((int) limits.maxBytes());
    }
  }

  /** Predicts those that were taken and wait for others. */
  public void finish() {
    if (waiting.isEmpty()) {
      return;
    }
    List<float[]> probabilities = classifier.classifier().probabilities(buffer, waiting.size());
    for (int i = 0; i < waiting.size(); i++) {
      listener.predicted(Prediction.of(waiting.get(i), probabilities.get(i), names, TOP));
    }
    waiting.clear();
  }

  @Override
  public void close() {
    buffer.close();
    decoder.close();
  }
}
