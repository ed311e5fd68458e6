package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.producer.archive.ArchiveFile;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/**
 * CIFAR-10 or CIFAR-100 in the binary form in which they are distributed: a file is records of one
 * label (CIFAR-100: a coarse and a fine one, of which the fine one counts) and 3,072 levels, 32
 * rows of 32 pixels of red, then of green, then of blue. Images are given as PNG, which loses
 * nothing.
 */
final class CifarFiles implements ImageFiles {
  private static final int SIDE = 32;
  private static final int PLANE = SIDE * SIDE;
  private static final int LEVELS = 3 * PLANE;

  private final List<Path> files;
  private final int[] firsts; // number of each file's first image
  private final PathList paths;
  private final int labelBytes;

  private CifarFiles(List<Path> files, int[] firsts, int size, int labelBytes) {
    this.files = files;
    this.firsts = firsts;
    this.labelBytes = labelBytes;
    this.paths = paths(size);
  }

  /** One of the two datasets. */
  private record Form(List<String> train, String test, String classes, int labelBytes) {}

  private static final Form CIFAR_10 =
      new Form(
          IntStream.rangeClosed(1, 5).mapToObj("data_batch_%d.bin"::formatted).toList(),
          "test_batch.bin",
          "batches.meta.txt",
          1);
  private static final Form CIFAR_100 =
      new Form(List.of("train.bin"), "test.bin", "fine_label_names.txt", 2);

  static boolean areIn(Path folder) {
    return is(CIFAR_10, folder) || is(CIFAR_100, folder);
  }

  private static boolean is(Form form, Path folder) {
    return Files.isRegularFile(folder.resolve(form.train.getFirst()))
        && Files.isRegularFile(folder.resolve(form.classes));
  }

  /**
   * Lists the folder.
   *
   * @throws DatasetException if a file is missing or damaged
   */
  static Listing list(Path folder) throws DatasetException {
    Form form = is(CIFAR_10, folder) ? CIFAR_10 : CIFAR_100;
    List<Path> files =
        IntStream.rangeClosed(0, form.train.size())
            .mapToObj(i -> i < form.train.size() ? form.train.get(i) : form.test)
            .map(folder::resolve)
            .toList();
    try {
      List<String> classes =
          Files.readAllLines(folder.resolve(form.classes), UTF_8).stream()
              .map(String::strip)
              .filter(name -> !name.isEmpty())
              .toList();
      return list(files, form.labelBytes, classes);
    } catch (IOException e) {
      throw new DatasetException(
          "Cannot read CIFAR's files in %s: %s; unpack the archive again".formatted(folder, e), e);
    }
  }

  private static Listing list(List<Path> files, int labelBytes, List<String> classes)
      throws IOException {
    int record = labelBytes + LEVELS;
    int[] firsts = new int[files.size()];
    int[] labels = new int[0];
    for (int f = 0; f < files.size(); f++) {
      long length = Files.size(files.get(f));
      if (length % record != 0) {
        throw new EOFException(
            "%s has %,d bytes, not a multiple of %,d".formatted(files.get(f), length, record));
      }
      firsts[f] = labels.length;
      labels = Arrays.copyOf(labels, Math.toIntExact(labels.length + length / record));
      readLabels(files.get(f), labelBytes, labels, firsts[f], classes.size());
    }
    boolean[] validation = new boolean[labels.length];
    Arrays.fill(validation, firsts[files.size() - 1], labels.length, true);
    return new Listing(
        new CifarFiles(files, firsts, labels.length, labelBytes),
        new Labels(classes, classes, labels, validation));
  }

  private static void readLabels(Path file, int labelBytes, int[] labels, int first, int classes)
      throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      for (int i = first; i < labels.length; i++) {
        byte[] label = in.readNBytes(labelBytes);
        in.skipNBytes(LEVELS);
        labels[i] = label[labelBytes - 1] & 255;
        if (labels[i] >= classes) {
          throw new IOException(
              "%s has the label %d, there are %d classes".formatted(file, labels[i], classes));
        }
      }
    }
  }

  private PathList paths(int size) {
    PathList.Builder paths = new PathList.Builder();
    for (int i = 0; i < size; i++) {
      int file = file(i);
      paths.add("%s/%05d.png".formatted(files.get(file).getFileName(), i - firsts[file]));
    }
    return paths.build();
  }

  @Override
  public PathList paths() {
    return paths;
  }

  private int file(int index) {
    int found = Arrays.binarySearch(firsts, index);
    return found >= 0 ? found : -found - 2;
  }

  @Override
  public long length(int index) {
    return LEVELS;
  }

  @Override
  public byte[] read(int index, int room, int most) throws IOException {
    int file = file(index);
    long offset = (long) (index - firsts[file]) * (labelBytes + LEVELS) + labelBytes;
    try (InputStream in = new ArchiveFile(files.get(file)).open(offset)) {
      byte[] levels = in.readNBytes(LEVELS);
      if (levels.length < LEVELS) {
        throw new EOFException(files.get(file) + " has become shorter since it was listed");
      }
      return ImageFiles.behind(room, png(levels), most);
    }
  }

  private static byte[] png(byte[] levels) throws IOException {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < PLANE; i++) {
      int rgb =
          (levels[i] & 255) << 16 | (levels[PLANE + i] & 255) << 8 | (levels[2 * PLANE + i] & 255);
      image.setRGB(i % SIDE, i / SIDE, rgb);
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    if (!ImageIO.write(image, "png", png)) {
      throw new IOException("this Java runtime writes no PNG: it lacks the module java.desktop");
    }
    return png.toByteArray();
  }

  @Override
  public String source(int index) {
    int file = file(index);
    return "%s!%d".formatted(files.get(file), index - firsts[file]);
  }

  @Override
  public long skipped() {
    return 0;
  }
}
