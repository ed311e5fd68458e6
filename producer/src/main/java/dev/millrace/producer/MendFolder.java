package dev.millrace.producer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A folder where images lie to be mended, each under its id. Ids come from elsewhere: one that
 * leads out of the folder, or is no path here, is replaced by its digest.
 */
final class MendFolder {
  private static final int DIGEST_CHARACTERS = 16;

  private final Path folder;

  MendFolder(Path folder) {
    this.folder = folder.toAbsolutePath().normalize();
  }

  /** Where an image lies, or would. */
  Path file(String name) {
    try {
      Path file = folder.resolve(name).normalize();
      boolean inside = file.startsWith(folder) && !file.equals(folder);
      return inside ? file : folder.resolve(digest(name));
    } catch (InvalidPathException e) {
      return folder.resolve(digest(name));
    }
  }

  /** Writes an image's bytes; false if a file is there, which may be mended already. */
  boolean write(String name, ByteBuffer bytes) throws IOException {
    Path file = file(name);
    if (Files.exists(file)) {
      return false;
    }
    Files.createDirectories(file.resolveSibling("."));
    try (WritableByteChannel out =
        Files.newByteChannel(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer rest = bytes.duplicate();
      while (rest.hasRemaining()) {
        out.write(rest);
      }
    }
    return true;
  }

  /**
   * Reads an image's bytes; empty if there is no file.
   *
   * @throws IOException if it cannot be read, is empty, or has more than so many bytes
   */
  Optional<byte[]> read(String name, int mostBytes) throws IOException {
    Path file = file(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    long size = Files.size(file);
    if (size == 0 || size > mostBytes) {
      throw new IOException(
          "%s must have from 1 to %d bytes (--max-image-size), found %d"
              .formatted(file, mostBytes, size));
    }
    return Optional.of(Files.readAllBytes(file));
  }

  private static String digest(String name) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return "id-" + HexFormat.of().formatHex(digest).substring(0, DIGEST_CHARACTERS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }
}
