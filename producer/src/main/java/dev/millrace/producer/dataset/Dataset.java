package dev.millrace.producer.dataset;

import dev.millrace.imaging.KeyedRandom;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The labeled images of one place: a folder per class, a flat folder of ILSVRC names, a tar of
 * either, also of a tar for each class, with or without folders for the splits, or a folder of
 * ImageNet's archives as they are distributed; told apart by their content. Classes are numbered in
 * the order of their synsets. The listing takes about 40 bytes an image, and its path; the images'
 * bytes are read one by one. May be used by several threads.
 */
public final class Dataset implements AutoCloseable {
  private final ImageFiles files;
  private final List<String> synsets;
  private final List<String> names;
  private final int[] labels;
  private final int[] train;
  private final int[] validation;

  private Dataset(
      ImageFiles files,
      List<String> synsets,
      List<String> names,
      int[] labels,
      int[] train,
      int[] validation) {
    this.files = files;
    this.synsets = List.copyOf(synsets);
    this.names = List.copyOf(names);
    this.labels = labels;
    this.train = train;
    this.validation = validation;
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
    return of(list(data), data, validationFraction, seed);
  }

  private static Listing list(Path data) throws DatasetException {
    if (Files.isDirectory(data)) {
      return ImagenetArchives.areIn(data)
          ? ImagenetArchives.list(data)
          : Listing.of(FolderFiles.list(data));
    }
    if (!Files.exists(data)) {
      throw new DatasetException(
          "There is no %s: --data names a folder of images or a .tar of one".formatted(data));
    }
    byte[] start = start(data);
    if (isTar(start)) {
      return Listing.of(TarListing.list(data));
    }
    if (isCompressed(start)) {
      throw new DatasetException(
          "%s is compressed; images are read at their places: decompress it first".formatted(data));
    }
    throw new DatasetException(
        "%s is neither a folder nor a tar archive: --data names a folder of images or a .tar of one"
            .formatted(data));
  }

  private static byte[] start(Path file) throws DatasetException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(262);
    } catch (IOException e) {
      throw new DatasetException("Cannot read %s: %s".formatted(file, e), e);
    }
  }

  // "ustar" stands at byte 257 of every tar header since POSIX.1-1988.
  private static boolean isTar(byte[] start) {
    return start.length == 262
        && new String(start, 257, 5, StandardCharsets.US_ASCII).equals("ustar");
  }

  // gzip, bzip2, xz, zstd
  private static boolean isCompressed(byte[] start) {
    return start.length > 4
        && Set.of("1f8b", "425a", "fd37", "28b5").contains(HexFormat.of().formatHex(start, 0, 2));
  }

  private static Dataset of(Listing listing, Path data, double validationFraction, long seed)
      throws DatasetException {
    ImageFiles files = listing.files();
    if (files.size() == 0) {
      throw new DatasetException(
          "%s holds no images (.jpg, .jpeg, .jpe, .png, .webp, .gif); %d other files were found"
              .formatted(data, files.skipped()));
    }
    Layout layout = Layout.of(files);
    Layout.Place[] places = new Layout.Place[files.size()];
    Map<String, Layout.Place> canonical = new TreeMap<>();
    for (int i = 0; i < places.length; i++) {
      Layout.Place place = layout.place(files.path(i));
      // One object a class and split, however many images.
      places[i] = canonical.computeIfAbsent(place.split() + "/" + place.synset(), _ -> place);
    }
    SortedMap<String, String> classes = classes(canonical.values(), data);
    List<String> synsets = new ArrayList<>(classes.keySet());
    int[] labels = new int[places.length];
    for (int i = 0; i < places.length; i++) {
      labels[i] = Collections.binarySearch(synsets, places[i].synset());
    }
    boolean[] heldOut =
        layout.splits()
            ? named(places)
            : HeldOut.choose(files, labels, synsets.size(), validationFraction, seed);
    return new Dataset(
        files,
        synsets,
        classes.entrySet().stream()
            .map(one -> listing.names().getOrDefault(one.getKey(), one.getValue()))
            .toList(),
        labels,
        which(heldOut, false),
        which(heldOut, true));
  }

  private static SortedMap<String, String> classes(Iterable<Layout.Place> places, Path data)
      throws DatasetException {
    SortedMap<String, String> trained = new TreeMap<>();
    for (Layout.Place place : places) {
      if (place.split() != Split.VALIDATION) {
        trained.put(place.synset(), place.name());
      }
    }
    for (Layout.Place place : places) {
      if (!trained.containsKey(place.synset())) {
        throw new DatasetException(
            "Class %s of %s has validation images but none to train on"
                .formatted(place.synset(), data));
      }
    }
    if (trained.size() < 2) {
      throw new DatasetException(
          "%s has one class (%s); training needs at least two: one folder a class"
              .formatted(data, trained.firstKey()));
    }
    return trained;
  }

  private static boolean[] named(Layout.Place[] places) {
    boolean[] heldOut = new boolean[places.length];
    for (int i = 0; i < places.length; i++) {
      heldOut[i] = places[i].split() == Split.VALIDATION;
    }
    return heldOut;
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
    return synsets;
  }

  /** The classes' names for people, in the same order. */
  public List<String> names() {
    return names;
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
    return new LabeledImage(this, index, files.path(index), labels[index]);
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
    return synsets.get(label);
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
