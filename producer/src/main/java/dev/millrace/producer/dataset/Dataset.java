package dev.millrace.producer.dataset;

import dev.millrace.imaging.KeyedRandom;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The labeled images of one place, listed: folders, archives and what else {@link Listing} knows.
 * Classes are numbered in the order of their synsets. The listing takes about 40 bytes an image,
 * and its path; the images' bytes are read one by one. May be used by several threads.
 */
public final class Dataset implements AutoCloseable {
  private final ImageFiles files;
  private final Labels labels;
  private final int[] train;
  private final int[] validation;

  private Dataset(Listing listing, double validationFraction, long seed) {
    this.files = listing.files();
    this.labels = listing.labels();
    boolean[] heldOut = labels.validation();
    if (heldOut == null) {
      heldOut = HeldOut.choose(files, labels, validationFraction, seed);
    }
    this.train = which(heldOut, false);
    this.validation = which(heldOut, true);
  }

  /**
   * Lists a dataset.
   *
   * @param data a folder or a tar archive
   * @param validationFraction share of every class to hold out where there are no folders for the
   *     splits, 0 to 0.9; a class always keeps one image for training
   * @param seed decides which are held out
   * @throws DatasetException if there is no such place, or it holds no usable dataset
   */
  public static Dataset open(Path data, double validationFraction, long seed)
      throws DatasetException {
    Listing listing = Listing.of(data);
    listing.labels().requireClasses(data);
    return new Dataset(listing, validationFraction, seed);
  }

  private static int[] which(boolean[] heldOut, boolean wanted) {
    int[] indexes = new int[heldOut.length];
    int n = 0;
    for (int i = 0; i < heldOut.length; i++) {
      if (heldOut[i] == wanted) {
        indexes[n++] = i;
      }
    }
    return Arrays.copyOf(indexes, n);
  }

  /** The classes' synsets in order of class index. */
  public List<String> synsets() {
    return labels.synsets();
  }

  /** The classes' names for people, in the same order. */
  public List<String> names() {
    return labels.names();
  }

  /** Number of images of a split. */
  public int size(Split split) {
    return indexes(split).length;
  }

  /** Files that were passed over since their names are not those of images. */
  public long skippedFiles() {
    return files.skipped();
  }

  /**
   * One image, not yet read.
   *
   * @param position its place among the split's images, in the order of their paths, from 0
   */
  public LabeledImage image(Split split, int position) {
    int index = indexes(split)[position];
    return new LabeledImage(this, index, files.path(index), labels.labels()[index]);
  }

  /**
   * The order of a split's images in one epoch: a permutation that depends on seed and epoch alone,
   * shuffled by Fisher and Yates' method.
   *
   * @return positions for {@link #image}
   */
  public int[] order(Split split, long seed, int epoch) {
    int[] order = new int[size(split)];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    if (split == Split.TRAIN) {
      KeyedRandom random = new KeyedRandom(seed, epoch, "order of images");
      for (int i = order.length - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = order[i];
        order[i] = order[j];
        order[j] = kept;
      }
    }
    return order;
  }

  ImageFiles files() {
    return files;
  }

  String synset(int label) {
    return labels.synsets().get(label);
  }

  @Override
  public void close() throws IOException {
    files.close();
  }

  private int[] indexes(Split split) {
    return switch (split) {
      case TRAIN -> train;
      case VALIDATION -> validation;
    };
  }
}
