package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.Sources;
import us.hebi.matlab.mat.types.Struct;

/** What ILSVRC 2012's development kit tells of classes and validation images. */
final class DevelopmentKit {
  private static final String SYNSETS = "/data/meta.mat";
  private static final String TRUTH = "/data/ILSVRC2012_validation_ground_truth.txt";
  private static final int MOST_BYTES = 16 << 20; // either has less than 1 MB

  private final Map<Integer, String> synsets;
  private final Map<String, String> names;
  private final int[] truth;

  /**
   * Describes a kit.
   *
   * @param synsets WordNet id by the kit's number of a class
   * @param names words for a class, by WordNet id
   * @param truth for each validation image the kit's number of its class
   */
  private DevelopmentKit(Map<Integer, String> synsets, Map<String, String> names, int[] truth) {
    this.synsets = synsets;
    this.names = names;
    this.truth = truth;
  }

  /**
   * Reads a kit as it is distributed.
   *
   * @throws DatasetException if it is damaged or another archive
   */
  static DevelopmentKit read(Path kit) throws DatasetException {
    byte[] meta = null;
    byte[] lines = null;
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new GZIPInputStream(new BufferedInputStream(Files.newInputStream(kit))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (entry.getName().endsWith(SYNSETS)) {
          meta = bytes(tar, entry);
        } else if (entry.getName().endsWith(TRUTH)) {
          lines = bytes(tar, entry);
        }
      }
      if (meta == null || lines == null) {
        throw new EOFException("it holds no " + (meta == null ? SYNSETS : TRUTH));
      }
      return of(meta, lines);
    } catch (IOException | RuntimeException e) { // of the reader of MATLAB's files: any
      throw new DatasetException(
          "Cannot read the development kit %s: %s; copy it again".formatted(kit, e.getMessage()),
          e);
    }
  }

  private static byte[] bytes(TarArchiveInputStream tar, TarArchiveEntry entry) throws IOException {
    byte[] bytes = tar.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new IOException("%s has more than 16 MiB".formatted(entry.getName()));
    }
    return bytes;
  }

  private static DevelopmentKit of(byte[] meta, byte[] lines) throws IOException {
    Struct classes = Mat5.newReader(Sources.wrap(meta)).readMat().getStruct("synsets");
    Map<Integer, String> synsets = new HashMap<>();
    Map<String, String> names = new HashMap<>();
    for (int i = 0; i < classes.getNumElements(); i++) {
      String synset = classes.getChar("WNID", i).getString();
      synsets.put(classes.getMatrix("ILSVRC2012_ID", i).getInt(0), synset);
      names.put(synset, classes.getChar("words", i).getString());
    }
    List<String> numbers = new String(lines, US_ASCII).lines().toList();
    int[] truth = numbers.stream().mapToInt(Integer::parseInt).toArray();
    return new DevelopmentKit(synsets, Map.copyOf(names), truth);
  }

  /** Words for a class, by WordNet id. */
  Map<String, String> names() {
    return names;
  }

  /**
   * The WordNet id of a validation image's class.
   *
   * @param number the image's, from 1, as its name says
   * @throws IllegalArgumentException if the kit does not tell
   */
  String synset(int number) {
    String synset = number < 1 || number > truth.length ? null : synsets.get(truth[number - 1]);
    if (synset == null) {
      throw new IllegalArgumentException(
          "the development kit does not tell the class of validation image %d".formatted(number));
    }
    return synset;
  }
}
