package dev.millrace.producer.dataset;

import dev.millrace.imaging.KeyedRandom;
import dev.millrace.producer.archive.RemoteArchives;
import dev.millrace.schemas.Split;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The labeled images of one place, listed: folders, archives and what else {@link Listing} knows.
 * Classes are numbered in the order of their synsets. The listing takes about 40 bytes an image,
 * and its path; the images' bytes are read one by one. May be used by several threads.
 */
public final class Dataset implements AutoCloseable {
  private final ImageFiles files;
  private final Labels labels;
  private final RemoteArchives remote;
  private final long shuffleBytes;
  private final Map<Split, int[]> indexes;
  private final Map<Split, StreamOrder> streams; // empty where images are read at their places

  private Dataset(Listing listing, DatasetOptions options, RemoteArchives remote) {
    this.files = listing.files();
    this.labels = listing.labels();
    this.remote = remote;
    this.shuffleBytes = options.shuffleBytes();
    boolean[] heldOut = labels.validation();
    if (heldOut == null) {
      heldOut = HeldOut.choose(files, labels, options.validationFraction(), options.seed());
    }
    this.indexes =
        Map.of(Split.TRAIN, which(heldOut, false), Split.VALIDATION, which(heldOut, true));
    this.streams =
        files instanceof StoredFiles stored && stored.isStream() ? streams(stored) : Map.of();
  }

  /**
   * Lists a dataset on a disk, with the usual {@link DatasetOptions}.
   *
   * @param data a folder, an archive, or a pattern for archives
   * @throws DatasetException if there is no such place, or it holds no usable dataset
   */
  public static Dataset open(Path data, double validationFraction, long seed)
      throws DatasetException {
    return open(
        new Location.Local(data), new DatasetOptions(validationFraction, seed), new LongAdder());
  }

  /**
   * Lists a dataset.
   *
   * @param found counts the images as they are found
   * @throws DatasetException if there is no such place, or it holds no usable dataset
   */
  public static Dataset open(Location data, DatasetOptions options, LongAdder found)
      throws DatasetException {
    RemoteArchives remote = new RemoteArchives(options.authorization());
    try {
      Listing listing = Listing.of(data, remote, found);
      listing.labels().requireClasses(data);
      return new Dataset(listing, options, remote);
    } catch (DatasetException | RuntimeException e) {
      remote.close();
      throw e;
    }
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

  private Map<Split, StreamOrder> streams(StoredFiles stored) {
    Map<Split, StreamOrder> orders = new EnumMap<>(Split.class);
    indexes.forEach(
        (split, chosen) -> orders.put(split, new StreamOrder(stored, chosen, shuffleBytes)));
    return orders;
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

  /** Whether images are read as streams of archives, so that single ones are slow to read. */
  public boolean isStream() {
    return !streams.isEmpty();
  }

  /**
   * One image, not yet read. To read many of a stream, {@link #readEpoch} is the way.
   *
   * @param position its place among the split's images, in the order of their paths, from 0
   */
  public LabeledImage image(Split split, int position) {
    int index = indexes(split)[position];
    return image(split, position, (room, most) -> files.read(index, room, most));
  }

  /** One image whose bytes come from elsewhere. */
  LabeledImage image(Split split, int position, LabeledImage.Reading reading) {
    int index = indexes(split)[position];
    return new LabeledImage(this, index, files.path(index), labels.labels()[index], reading);
  }

  /**
   * The order of a split's images in one epoch: a permutation that depends on seed and epoch alone.
   * Training images are shuffled, by Fisher and Yates' method; those of streams as far as the
   * memory for it goes, which is another thing that their order depends on. Validation images come
   * as they lie.
   *
   * @return positions for {@link #image}
   */
  public int[] order(Split split, long seed, int epoch) {
    StreamOrder stream = streams.get(split);
    if (split == Split.TRAIN) {
      return stream == null
          ? permutation(split, seed, epoch)
          : stream.shuffled(seed, epoch).order();
    }
    return stream == null ? positions(split) : stream.stored().order();
  }

  private int[] permutation(Split split, long seed, int epoch) {
    int[] order = positions(split);
    new KeyedRandom(seed, epoch, "order of images").shuffle(order);
    return order;
  }

  private int[] positions(Split split) {
    return IntStream.range(0, size(split)).toArray();
  }

  /**
   * Reads a split's images in the {@link #order} of an epoch.
   *
   * @param most longer images are not read ahead
   * @param wanted which sequences will be asked for; archives are not opened for the others
   */
  public ImagePass readEpoch(Split split, long seed, int epoch, int most, IntPredicate wanted) {
    return split == Split.TRAIN
        ? readShuffled(split, seed, epoch, most, wanted)
        : readStored(split, most, wanted);
  }

  /** Reads a split's images shuffled, whichever split it is. */
  public ImagePass readShuffled(Split split, long seed, int epoch, int most, IntPredicate wanted) {
    StreamOrder stream = streams.get(split);
    return stream == null
        ? new PlacePass(this, split, permutation(split, seed, epoch))
        : read(split, stream.shuffled(seed, epoch), most, wanted);
  }

  /** Reads a split's images as they lie: by their paths, or archive after archive. */
  public ImagePass readStored(Split split, int most, IntPredicate wanted) {
    StreamOrder stream = streams.get(split);
    return stream == null
        ? new PlacePass(this, split, positions(split))
        : read(split, stream.stored(), most, wanted);
  }

  private ImagePass read(Split split, StreamOrder.Order order, int most, IntPredicate wanted) {
    return new StreamPass(
        this, split, (StoredFiles) files, indexes(split), order, shuffleBytes, most, wanted);
  }

  ImageFiles files() {
    return files;
  }

  String synset(int label) {
    return labels.synsets().get(label);
  }

  /** Lets go of whatever was opened to reach the images. */
  @Override
  public void close() {
    remote.close();
  }

  private int[] indexes(Split split) {
    return Objects.requireNonNull(indexes.get(split));
  }
}
