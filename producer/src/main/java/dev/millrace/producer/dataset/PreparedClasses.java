package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The classes of shards that {@code millrace prepare} has written, as they stand in a file beside
 * them: a line a class in the order of class index, its synset, a tab and its name. The file is
 * written last: shards without it are not complete.
 *
 * @param synsets WordNet ids or other short names of the classes
 * @param names names of the classes for people, in the same order
 */
public record PreparedClasses(List<String> synsets, List<String> names) {
  /** The file's name. */
  public static final String FILE = "millrace-classes.tsv";

  /** Name of the file that stands beside the shards from the first one on. */
  public static final String MANIFEST = "millrace-prepare.json";

  private static final int MOST_BYTES = 64 << 20; // 100,000 classes of long names
  private static final int LONGEST_SHOWN = 100;
  private static final Pattern BREAK = Pattern.compile("[\t\r\n]");

  /** Copies the lists. */
  public PreparedClasses {
    synsets = List.copyOf(synsets);
    names = List.copyOf(names);
  }

  /**
   * The file's content.
   *
   * @throws DatasetException if a synset or a name holds a tab or a line break
   */
  public byte[] content() throws DatasetException {
    StringBuilder lines = new StringBuilder();
    for (int label = 0; label < synsets.size(); label++) {
      for (String word : List.of(synsets.get(label), names.get(label))) {
        if (BREAK.matcher(word).find()) {
          throw new DatasetException(
              "Cannot list the class \"%s\": its name holds a tab or a line break; rename it"
                  .formatted(word));
        }
      }
      lines.append(synsets.get(label)).append('\t').append(names.get(label)).append('\n');
    }
    return lines.toString().getBytes(UTF_8);
  }

  /**
   * The classes that a file lists.
   *
   * @param file what it is called in messages
   * @throws DatasetException if it is none of these files
   */
  static PreparedClasses read(InputStream in, Object file) throws IOException, DatasetException {
    List<String> synsets = new ArrayList<>();
    List<String> names = new ArrayList<>();
    String content = new String(in.readNBytes(MOST_BYTES), UTF_8);
    for (String line : (Iterable<String>) content.lines()::iterator) {
      int tab = line.indexOf('\t');
      if (tab < 1) {
        throw new DatasetException(
            "Line %d of %s must be a synset, a tab and a name, found \"%s\""
                .formatted(synsets.size() + 1, file, abridged(line)));
      }
      synsets.add(line.substring(0, tab));
      names.add(line.substring(tab + 1));
    }
    return new PreparedClasses(synsets, names);
  }

  private static String abridged(String line) {
    return line.length() <= LONGEST_SHOWN ? line : line.substring(0, LONGEST_SHOWN) + "...";
  }

  /**
   * Checks that every label has its line.
   *
   * @param numbered whether the labels are numbers
   * @param labels how many there are, from 0 to the largest
   */
  void require(boolean numbered, int labels) throws DatasetException {
    if (!numbered || labels > synsets.size()) {
      throw new DatasetException(
          "Labels of prepared shards are numbers from 0 to %d, as %s lists %d classes; found %s"
              .formatted(
                  synsets.size() - 1, FILE, synsets.size(), numbered ? labels - 1 : "others"));
    }
  }
}
