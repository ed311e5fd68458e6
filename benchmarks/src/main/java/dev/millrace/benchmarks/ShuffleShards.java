package dev.millrace.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Compressed WebDataset shards of files that only bear the names of images: 430 bytes on average, a
 * 256th of ImageNet's.
 *
 * @param classes number of classes
 * @param imagesPerClass images of each
 */
record ShuffleShards(int classes, int imagesPerClass) {
  private static final int SHARD_IMAGES = 8_715; // as in 147 shards of ImageNet

  /** The classes by lot in every shard. */
  void writeMixed(Path folder) throws IOException {
    int[] labels = new int[classes * imagesPerClass];
    Random random = new Random(1);
    for (int i = 0; i < labels.length; i++) {
      int j = random.nextInt(i + 1);
      labels[i] = labels[j];
      labels[j] = i / imagesPerClass;
    }
    for (int from = 0; from < labels.length; from += SHARD_IMAGES) {
      write(
          folder, from / SHARD_IMAGES, labels, from, Math.min(labels.length, from + SHARD_IMAGES));
    }
  }

  /** One class a shard. */
  void writeSorted(Path folder) throws IOException {
    int[] labels = new int[imagesPerClass];
    for (int label = 0; label < classes; label++) {
      Arrays.fill(labels, label);
      write(folder, label, labels, 0, imagesPerClass);
    }
  }

  private static void write(Path folder, int shard, int[] labels, int from, int to)
      throws IOException {
    Random random = new Random(shard);
    Path file = folder.resolve("shard-%06d.tar.gz".formatted(shard));
    try (OutputStream compressed = new Fast(Files.newOutputStream(file));
        TarArchiveOutputStream tar =
            new TarArchiveOutputStream(new BufferedOutputStream(compressed, 1 << 16))) {
      for (int i = from; i < to; i++) {
        put(tar, "%07d.cls".formatted(i), Integer.toString(labels[i]).getBytes(US_ASCII));
        put(tar, "%07d.jpg".formatted(i), new byte[200 + random.nextInt(460)]);
      }
    }
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  /** Compresses with as little work as can be. */
  private static final class Fast extends GZIPOutputStream {
    Fast(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
