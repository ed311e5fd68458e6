package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;

/** Makes archives, and tells what a dataset finds in them. */
public final class Tars {
  private Tars() {}

  static byte[] tar(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(file.getValue().length);
        out.putArchiveEntry(entry);
        out.write(file.getValue());
        out.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** An archive of files by pairs of name and text. */
  static byte[] texts(String... namesAndTexts) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (int i = 0; i < namesAndTexts.length; i += 2) {
      files.put(namesAndTexts[i], namesAndTexts[i + 1].getBytes(UTF_8));
    }
    return tar(files);
  }

  /** Compressed by gzip. */
  public static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  /** Compressed by zstd. */
  public static byte[] zstd(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (OutputStream out = new ZstdCompressorOutputStream(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  /** A shard of a WebDataset: images {@code NNNN.jpg} of random bytes, classes in turn. */
  public static byte[] shard(int number, int images, int classes, int bytes) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    Random random = new Random(number);
    for (int i = 0; i < images; i++) {
      byte[] image = new byte[1 + random.nextInt(2 * bytes)];
      random.nextBytes(image);
      files.put("%04d.jpg".formatted(i), image);
      files.put("%04d.cls".formatted(i), Integer.toString(i % classes).getBytes(UTF_8));
    }
    return tar(files);
  }

  /** The ids that a pass gives from a sequence on, in order. */
  static List<String> ids(ImagePass pass, int first) throws IOException {
    List<String> ids = new ArrayList<>();
    for (int sequence = first; sequence < pass.size(); sequence++) {
      LabeledImage image = pass.image(sequence);
      if (image.read(1 << 20).length != image.length()) {
        throw new AssertionError(image.id() + " has another length");
      }
      ids.add(image.id());
    }
    return ids;
  }

  /** Id, label and text of each image of a split. */
  static List<String> describe(Dataset dataset, Split split) throws IOException {
    List<String> images = new ArrayList<>();
    for (int i = 0; i < dataset.size(split); i++) {
      LabeledImage image = dataset.image(split, i);
      images.add(
          "%s %d %s".formatted(image.id(), image.label(), new String(image.read(1 << 20), UTF_8)));
    }
    return images;
  }
}
