package dev.millrace.producer.follow;

import dev.millrace.imaging.CorruptImageException;
import dev.millrace.imaging.EncodedImage;
import dev.millrace.imaging.ImageLimits;
import dev.millrace.imaging.KeyedRandom;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.dataset.DatasetException;
import dev.millrace.producer.dataset.PathLabel;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The image files below a folder, each under its path as its id. */
final class FolderImages {
  private static final byte[] NOTHING = {};

  private final Path root;
  private final ImageLimits limits;
  private final long seed;

  FolderImages(Path root, FollowOptions options) {
    this.root = root;
    this.limits = new ImageLimits(options.maxImageBytes(), ImageLimits.DEFAULT.maxPixels());
    this.seed = options.seed();
  }

  /** A file as it was read. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
  record Content(byte[] bytes, @Nullable String fault) {}

  Path root() {
    return root;
  }

  Path file(String id) {
    return root.resolve(id);
  }

  /** The path below the folder, with forward slashes. */
  String id(Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /** How a file is now. */
  FileState state(String id) throws IOException {
    return FileState.of(Files.readAttributes(file(id), BasicFileAttributes.class));
  }

  /** The place of an id in the order in which images that are found together are published. */
  long order(String id) {
    return new KeyedRandom(seed, 0, id).nextLong();
  }

  /**
   * Reads a file. A fault is what may pass while it is still being written, or will not.
   *
   * @throws IOException if it cannot be read
   */
  Content read(String id, FileState state) throws IOException {
    if (state.size() > limits.maxBytes()) {
      return new Content(
          NOTHING,
          "an image may have %d bytes at most (--max-image-size), found %d"
              .formatted(limits.maxBytes(), state.size()));
    }
    byte[] bytes;
    try (InputStream file = Files.newInputStream(file(id))) {
      bytes = file.readNBytes((int) limits.maxBytes());
    }
    try {
      EncodedImage.requireWhole(ByteBuffer.wrap(bytes), limits);
      return new Content(bytes, null);
    } catch (CorruptImageException e) {
      return new Content(bytes, e.getMessage());
    }
  }

  /** An image to hand over, of a file that was read; one without a class has that fault. */
  IncomingImage image(String id, Split split, FileState state, Content content) {
    String synset = "";
    String name = "";
    String fault = content.fault;
    try {
      PathLabel label = PathLabel.of(id);
      synset = label.synset();
      name = label.name();
    } catch (DatasetException e) {
      fault = e.getMessage();
    }
    return new IncomingImage(
        id,
        split,
        synset,
        name,
        file(id).toString(),
        content.bytes,
        state.size(),
        state.modifiedAt(),
        content.bytes.length == 0 ? "" : sha256(content.bytes),
        fault,
        true,
        new CompletableFuture<>());
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }
}
