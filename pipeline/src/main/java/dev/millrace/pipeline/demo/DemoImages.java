package dev.millrace.pipeline.demo;

import dev.millrace.imaging.JpegEncoder;
import dev.millrace.imaging.KeyedRandom;
import dev.millrace.imaging.Pixels;
import dev.millrace.pipeline.state.TemporaryFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * A small set of images to train on: twelve classes of shapes and textures, of which every image
 * follows from the seed, as JPEG files in a folder a class under {@code train} and {@code val}.
 */
public final class DemoImages {
  /** Training images of a class. */
  static final int TRAIN_IMAGES = 400;

  /** Validation images of a class. */
  static final int VALIDATION_IMAGES = 50;

  /** Height and width of an image in pixels. */
  static final int SIZE = 48;

  private static final int QUALITY = 90;
  private static final int TRAIN = 0;
  private static final int VALIDATION = 1;

  private DemoImages() {}

  /**
   * Draws the set, unless it is there. Killed meanwhile, it leaves nothing under that name.
   *
   * @return whether it had to be drawn
   * @throws IOException if it cannot be written
   */
  public static boolean write(Path folder, long seed) throws IOException {
    return write(folder, seed, TRAIN_IMAGES, VALIDATION_IMAGES);
  }

  /**
   * Draws a set of so many images a class, unless it is there.
   *
   * @return whether it had to be drawn
   * @throws IOException if it cannot be written
   */
  public static boolean write(Path folder, long seed, int train, int validation)
      throws IOException {
    if (Files.isDirectory(folder)) {
      return false;
    }
    Path unfinished = folder.resolveSibling(folder.getFileName() + ".unfinished");
    new TemporaryFolder(unfinished).close(); // of a process that was killed
    for (Figure figure : Figure.values()) {
      String name = figure.name().toLowerCase(Locale.ROOT);
      draw(figure, unfinished.resolve("train").resolve(name), seed, TRAIN, train);
      draw(figure, unfinished.resolve("val").resolve(name), seed, VALIDATION, validation);
    }
    Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }

  private static void draw(Figure figure, Path folder, long seed, int split, int images)
      throws IOException {
    Files.createDirectories(folder);
    for (int i = 0; i < images; i++) {
      String name = "%04d".formatted(i);
      KeyedRandom random = new KeyedRandom(seed, split, figure.name() + name);
      Pixels pixels = new Drawing(figure, SIZE, random).draw(SIZE);
      Files.write(folder.resolve(name + ".jpg"), JpegEncoder.encode(pixels, QUALITY));
    }
  }
}
