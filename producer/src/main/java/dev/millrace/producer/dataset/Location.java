package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.S3Key;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a dataset is. Each may be a pattern for several archives, such as {@code a-{000..146}.tar}.
 * The text form is for people, and holds no passwords.
 */
public sealed interface Location {
  /**
   * Reads {@code https://host/path}, {@code http://host/path}, {@code s3://bucket/key}, or the path
   * of a file or folder.
   *
   * @throws IllegalArgumentException if it is none of them
   */
  static Location parse(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("https://") || lower.startsWith("http://")) {
      return new Web(text);
    }
    if (lower.startsWith("s3://")) {
      String[] parts = text.substring("s3://".length()).split("/", 2);
      if (parts[0].isEmpty()) {
        throw new IllegalArgumentException(
            "expected s3://bucket/prefix/ or s3://bucket/archive.tar, found \"%s\""
                .formatted(text));
      }
      return new Store(new S3Key(parts[0], parts.length == 1 ? "" : parts[1]));
    }
    try {
      return new Local(Path.of(text));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("no path: " + e.getMessage(), e);
    }
  }

  /** The path, where it is on this machine's disks. */
  default Optional<Path> path() {
    return this instanceof Local local ? Optional.of(local.place) : Optional.empty();
  }

  /**
   * On a disk.
   *
   * @param place a folder, an archive, or a pattern for archives
   */
  record Local(Path place) implements Location {
    @Override
    public String toString() {
      return place.toString();
    }
  }

  /**
   * On a web server.
   *
   * @param url of an archive, or a pattern for archives; may hold a user and a password
   */
  record Web(String url) implements Location {
    @Override
    public String toString() {
      return url.replaceFirst("//[^/]*@", "//").replaceFirst("\\?.*", "");
    }
  }

  /**
   * In an S3-compatible store.
   *
   * @param key of an archive, a pattern for archives, or what the keys of all objects begin with
   */
  record Store(S3Key key) implements Location {
    @Override
    public String toString() {
      return key.toString();
    }
  }
}
