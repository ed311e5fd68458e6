package dev.millrace.producer.prepare;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.producer.dataset.PreparedClasses;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What a folder of prepared shards is made of, and which of them are complete.
 *
 * @param version of this file's format
 * @param options that all its shards are made with
 * @param dataset SHA-256 of the source's classes and of its images' ids, labels, splits and order
 * @param shards those that are complete, by name
 */
record Manifest(int version, PrepareOptions options, String dataset, List<PreparedShard> shards) {
  static final String FILE = PreparedClasses.MANIFEST;

  private static final int VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectWriter INDENTED = JSON.writerWithDefaultPrettyPrinter();

  Manifest {
    shards = List.copyOf(shards);
  }

  /** Of a folder that is begun. */
  static Manifest begin(PrepareOptions options, Dataset dataset) {
    return new Manifest(VERSION, options, digest(dataset), List.of());
  }

  private static String digest(Dataset dataset) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    for (int label = 0; label < dataset.synsets().size(); label++) {
      add(digest, dataset.synsets().get(label), dataset.names().get(label));
    }
    for (Split split : Split.values()) {
      // In an order that tells how streams are shuffled, too.
      for (int position : dataset.order(split, 0, 0)) {
        LabeledImage image = dataset.image(split, position);
        add(digest, split.name(), Integer.toString(image.label()), image.id());
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String... words) {
    for (String word : words) {
      digest.update(word.getBytes(UTF_8));
      digest.update((byte) 0);
    }
  }

  /**
   * Reads a folder's.
   *
   * @throws PrepareException if it is none that this version of Millrace has written
   */
  static Manifest read(Path file) throws PrepareException {
    try {
      int found = JSON.readTree(Files.readAllBytes(file)).path("version").asInt();
      if (found != VERSION) {
        throw new PrepareException(
            "Cannot go on with %s: its format has version %d, this Millrace knows %d; name another folder by --output"
                .formatted(file, found, VERSION));
      }
      return JSON.readValue(Files.readAllBytes(file), Manifest.class);
    } catch (IOException e) {
      throw new PrepareException(
          "Cannot read %s: %s; delete its folder, or name another one by --output"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  byte[] content() throws IOException {
    return INDENTED.writeValueAsBytes(this);
  }

  /**
   * Refuses to go on with another dataset or other options.
   *
   * @param root the folder, for the message
   * @param earlier the folder's manifest
   */
  void requireSame(Path root, Manifest earlier) throws PrepareException {
    List<String> different = options.differences(earlier.options);
    if (!different.isEmpty()) {
      throw new PrepareException(
          "Cannot go on in %s: it was begun with %s; give the same options, or name another folder by --output"
              .formatted(root, String.join("; ", different)));
    }
    if (!dataset.equals(earlier.dataset)) {
      throw new PrepareException(
          "Cannot go on in %s: it was begun with other images, classes or splits; give the same --data, --validation-fraction and --shuffle-buffer, or name another folder by --output"
              .formatted(root));
    }
  }

  /** With one more shard, or another one of that name. */
  Manifest with(PreparedShard shard) {
    List<PreparedShard> more = new ArrayList<>(shards);
    more.removeIf(other -> other.name().equals(shard.name()));
    more.add(shard);
    more.sort((one, other) -> one.name().compareTo(other.name()));
    return new Manifest(version, options, dataset, more);
  }
}
