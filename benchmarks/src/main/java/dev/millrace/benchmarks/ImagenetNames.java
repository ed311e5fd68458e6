package dev.millrace.benchmarks;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Writes an archive with as many entries as ImageNet's, named as there, and without content. */
final class ImagenetNames {
  /** Training images of ImageNet. */
  static final int IMAGES = 1_281_167;

  private static final int CLASSES = 1000;

  private ImagenetNames() {}

  /** Writes a tar of tars, one a class; half a kilobyte an entry. */
  static void write(Path archive, int images) throws IOException {
    try (OutputStream file = new BufferedOutputStream(Files.newOutputStream(archive), 1 << 20);
        TarArchiveOutputStream outer = new TarArchiveOutputStream(file)) {
      for (int i = 0; i < CLASSES; i++) {
        String synset = "n%08d".formatted(1_440_764 + 7 * i);
        int from = (int) ((long) images * i / CLASSES);
        int to = (int) ((long) images * (i + 1) / CLASSES);
        byte[] inner = inner(synset, to - from);
        TarArchiveEntry entry = new TarArchiveEntry(synset + ".tar");
        entry.setSize(inner.length);
        outer.putArchiveEntry(entry);
        outer.write(inner);
        outer.closeArchiveEntry();
      }
    }
  }

  private static byte[] inner(String synset, int images) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes)) {
      for (int i = 0; i < images; i++) {
        tar.putArchiveEntry(new TarArchiveEntry("%s_%d.JPEG".formatted(synset, i)));
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
