package dev.millrace.pipeline.preview;

import dev.millrace.augmenter.Augmentation;
import dev.millrace.augmenter.Recipe;
import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.Window;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Augments images of a dataset as the augmenter does: the same image, seed and epoch give the same
 * pixels. Not for several threads.
 */
public final class Previewer implements AutoCloseable {
  private final ImageLimits limits;
  private final ImageDecoder decoder;
  private final Augmentation augmentation;
  private final Canvas canvas = new Canvas();
  private final int cell;
  private final int versions;

  /**
   * Prepares the work.
   *
   * @param recipe what is done to an image
   * @param limits images over them fail
   * @param cell height and width of the place for the original
   * @param versions how many epochs, from the first
   */
  public Previewer(Recipe recipe, ImageLimits limits, int cell, int versions) {
    this.limits = limits;
    this.decoder = ImageDecoders.open(limits);
    this.augmentation = new Augmentation(recipe, decoder);
    this.cell = cell;
    this.versions = versions;
  }

  /**
   * What becomes of a training image.
   *
   * @param className its class, for people
   */
  public Row row(LabeledImage image, String className) {
    try {
      if (image.length() > limits.maxBytes()) {
        return new Row.Failed(
            className,
            image.id(),
            "the file may have %d bytes at most, found %d"
                .formatted(limits.maxBytes(), image.length()));
      }
      ByteBuffer encoded = ByteBuffer.wrap(image.read((int) limits.maxBytes()));
      List<Pixels> made = new ArrayList<>();
      for (int epoch = 0; epoch < versions; epoch++) {
        made.add(augmentation.pixels(encoded, Split.TRAIN, epoch, image.id()));
      }
      decoder.decode(encoded, Window.fitted(cell), false, canvas);
      return new Row.Versions(className, image.id(), canvas.toPixels(), made);
    } catch (IOException e) {
      return new Row.Failed(className, image.id(), "cannot be read: " + e);
    } catch (CorruptImageException | IllegalArgumentException e) {
      // The latter where an image is too long for its width to be resized.
      return new Row.Failed(className, image.id(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    decoder.close();
  }
}
