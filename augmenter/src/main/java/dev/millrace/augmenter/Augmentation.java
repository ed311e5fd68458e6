package dev.millrace.augmenter;

import dev.millrace.imaging.Canvas;
import dev.millrace.imaging.ColorChange;
import dev.millrace.imaging.ColorJitter;
import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.Crop;
import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.KeyedRandom;
import dev.millrace.imaging.Normalization;
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
  private final Normalization normalization;
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
    this.jitter =
        new ColorJitter(recipe.brightness(), recipe.contrast(), recipe.saturation(), recipe.hue());
    this.lighting = new PcaLighting(recipe.lighting(), recipe.statistics());
    this.normalization = new Normalization(recipe.statistics());
  }

  /**
   * A tensor's content.
   *
   * @param height rows
   * @param width columns
   * @param elements height x width x 3 of them, little-endian, of the recipe's type; the caller's
   */
  public record Result(int height, int width, ByteBuffer elements) {}

  /**
   * Augments one image.
   *
   * @param encoded the whole image; its position is left as it was
   * @param split for validation nothing is random
   * @param epoch the image's epoch
   * @param id the image's id
   * @return {@code crop} x {@code crop} pixels for training, {@code resize} x {@code resize} for
   *     validation
   * @throws CorruptImageException if it is no image, broken or over a limit
   */
  public Result apply(ByteBuffer encoded, Split split, int epoch, String id)
      throws CorruptImageException {
    draw(encoded, split, epoch, id);
    ByteBuffer elements =
        switch (recipe.type()) {
          case UINT8 -> ByteBuffer.wrap(canvas.toPixels().rgb());
          case FLOAT16 -> normalization.float16(canvas);
          case FLOAT32 -> normalization.float32(canvas);
        };
    return new Result(canvas.height(), canvas.width(), elements);
  }

  /**
   * Augments one image for people to see, whatever the type of the tensors' elements.
   *
   * @throws CorruptImageException as {@link #apply} does
   */
  public Pixels pixels(ByteBuffer encoded, Split split, int epoch, String id)
      throws CorruptImageException {
    draw(encoded, split, epoch, id);
    return canvas.toPixels();
  }

  private void draw(ByteBuffer encoded, Split split, int epoch, String id)
      throws CorruptImageException {
    switch (split) {
      case TRAIN -> train(encoded, new KeyedRandom(recipe.seed(), epoch, id));
      case VALIDATION -> cut(encoded, 0, 0, recipe.resize(), false);
    }
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
