package dev.millrace.augmenter;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.ColorChange;
import dev.millrace.imaging.ColorJitter;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.KeyedRandom;
import dev.millrace.imaging.PcaLighting;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.RandomResizedCrop;
import dev.millrace.imaging.Window;
import dev.millrace.schemas.Split;
import java.nio.ByteBuffer;

/**
 * Augments images by a {@link Recipe}: a pure function of the image, the seed, the epoch and the
 * image's id. Crop and flip are drawn first, so that switching jitter or lighting on or off leaves
 * them as they were. Keeps memory for the largest image; not for several threads.
 */
public final class Augmentation {
  private final Recipe recipe;
  private final ImageDecoder decoder;
  private final RandomResizedCrop parts;
  private final ColorJitter jitter;
  private final PcaLighting lighting;
  private final Canvas canvas = new Canvas();
  private final ColorChange change = new ColorChange();

  /**
   * Prepares the work.
   *
   * @param decoder closed by the caller, after this was used
   */
  public Augmentation(Recipe recipe, ImageDecoder decoder) {
    this.recipe = recipe;
    this.decoder = decoder;
    this.parts = new RandomResizedCrop(recipe.minArea());
    this.jitter = new ColorJitter(recipe.brightness(), recipe.contrast(), recipe.saturation());
    this.lighting = new PcaLighting(recipe.lighting());
  }

  /**
   * Augments one image.
   *
   * @param encoded the whole image; its position is left as it was
   * @param split for validation nothing is random
   * @param epoch the image's epoch
   * @param id the image's id
   * @return pixels of the caller's own: {@code crop} x {@code crop} for training, {@code resize} x
   *     {@code resize} for validation
   * @throws CorruptImageException if it is no image, broken or over a limit
   */
  public Pixels apply(ByteBuffer encoded, Split split, int epoch, String id)
      throws CorruptImageException {
    switch (split) {
      case TRAIN -> train(encoded, new KeyedRandom(recipe.seed(), epoch, id));
      case VALIDATION -> cut(encoded, 0, 0, recipe.resize(), false);
    }
    return canvas.toPixels();
  }

  private void train(ByteBuffer encoded, KeyedRandom random) throws CorruptImageException {
    switch (recipe.policy()) {
      case PAPER -> {
        int places = recipe.resize() - recipe.crop() + 1;
        int top = random.nextInt(places);
        int left = random.nextInt(places);
        boolean flipped = random.nextDouble() < recipe.flip();
        cut(encoded, top, left, recipe.crop(), flipped);
        color(random);
      }
      case RANDOM_RESIZED_CROP -> {
        boolean flipped = random.nextDouble() < recipe.flip();
        decoder.decode(encoded, parts.draw(random, recipe.crop()), flipped, canvas);
        color(random);
      }
      case NONE -> {
        int border = (recipe.resize() - recipe.crop()) / 2;
        cut(encoded, border, border, recipe.crop(), false);
      }
    }
  }

  private void color(KeyedRandom random) {
    change.clear();
    if (jitter.isOn()) {
      jitter.draw(random, change);
    }
    if (recipe.lighting() > 0) {
      lighting.draw(random, change);
    }
    change.apply(canvas);
  }

  private void cut(ByteBuffer encoded, int top, int left, int size, boolean flipped)
      throws CorruptImageException {
    Crop crop = new Crop(top, left, size, size);
    decoder.decode(
        encoded, Window.shorterSide(recipe.resize(), recipe.resize(), crop), flipped, canvas);
  }
}
