package dev.millrace.dashboard.tensorboard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * How far a folder has come, in a file of its own: which topic, up to which offset, and what of
 * every file belongs to that. What is behind it in the files was written after the bookmark, and is
 * written again.
 */
final class Bookmark {
  static final String FILE = "millrace.properties";
  private static final String TOPIC = "topic";
  private static final String OFFSET = "offset";

  private final Properties entries;

  private Bookmark(Properties entries) {
    this.entries = entries;
  }

  /** One before anything was written. */
  static Bookmark none() {
    return new Bookmark(new Properties()).next("", 0);
  }

  /**
   * A later one, with all that this one holds.
   *
   * @param topic the topic's id
   * @param offset of the first record that is not in the files
   */
  Bookmark next(String topic, long offset) {
    Properties all = new Properties();
    all.putAll(entries);
    all.setProperty(TOPIC, topic);
    all.setProperty(OFFSET, Long.toString(offset));
    return new Bookmark(all);
  }

  /**
   * The one of a folder, if it has one.
   *
   * @throws IOException if it cannot be read
   */
  static Optional<Bookmark> load(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties entries = new Properties();
    try (BufferedReader reader = Files.newBufferedReader(file, UTF_8)) {
      entries.load(reader);
      Bookmark bookmark = new Bookmark(entries);
      if (bookmark.number(OFFSET, -1) < 0) {
        throw new IllegalArgumentException("no offset");
      }
      return Optional.of(bookmark);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "%s is not as it was written (%s): name another folder".formatted(file, e.getMessage()),
          e);
    }
  }

  String topic() {
    return entries.getProperty(TOPIC, "");
  }

  long offset() {
    return number(OFFSET, 0);
  }

  /** What of a file is right. */
  EventLog.Mark mark(String name) {
    return new EventLog.Mark(number(name + ".length", 0), number(name + ".step", -1));
  }

  void mark(String name, EventLog.Mark mark) {
    put(name + ".length", mark.length());
    put(name + ".step", mark.lastStep());
  }

  long number(String name, long otherwise) {
    String text = entries.getProperty(name);
    return text == null ? otherwise : Long.parseLong(text);
  }

  /** The numbers whose names begin so, by the rest of their names. */
  Map<String, Long> numbers(String begin) {
    Map<String, Long> found = new TreeMap<>();
    for (String name : entries.stringPropertyNames()) {
      if (name.startsWith(begin)) {
        found.put(name.substring(begin.length()), number(name, 0));
      }
    }
    return found;
  }

  /** What stands before an ending of names. */
  Set<String> before(String ending) {
    Set<String> found = new TreeSet<>();
    for (String name : entries.stringPropertyNames()) {
      if (name.endsWith(ending)) {
        found.add(name.substring(0, name.length() - ending.length()));
      }
    }
    return found;
  }

  void put(String name, long number) {
    entries.setProperty(name, Long.toString(number));
  }

  /** Replaces the folder's, whole or not at all. */
  void save(Path folder) throws IOException {
    StringWriter text = new StringWriter();
    entries.store(text, "How far these files go. Delete the folder to have them written anew.");
    Path draft = folder.resolve(FILE + ".new");
    Files.writeString(draft, text.toString(), UTF_8);
    Files.move(
        draft,
        folder.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
