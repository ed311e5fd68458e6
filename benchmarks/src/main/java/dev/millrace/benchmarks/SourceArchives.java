package dev.millrace.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.CompressorException;
import org.apache.commons.compress.compressors.CompressorStreamFactory;

/**
 * WebDataset shards of a dataset's training images, eight of them, each way that shards are packed.
 *
 * @param dataset the images
 * @param count how many images all shards have; they begin anew when there are fewer
 */
record SourceArchives(Dataset dataset, int count) {
  private static final int SHARDS = 8;
  private static final int MOST = 64 << 20;

  /** How an archive is packed. */
  enum Packing {
    PLAIN("", ""),
    GZIP(".gz", CompressorStreamFactory.GZIP),
    ZSTD(".zst", CompressorStreamFactory.ZSTANDARD);

    private final String ending;
    private final String format;

    Packing(String ending, String format) {
      this.ending = ending;
      this.format = format;
    }

    /** Of an archive's name. */
    String ending() {
      return ending;
    }

    private OutputStream pack(OutputStream out) throws CompressorException {
      return this == PLAIN
          ? out
          : CompressorStreamFactory.getSingleton().createCompressorOutputStream(format, out);
    }
  }

  /** Writes the shards. */
  void write(Path folder, Packing packing) throws IOException, CompressorException {
    for (int shard = 0; shard < SHARDS; shard++) {
      Path file = folder.resolve("shard-%03d.tar%s".formatted(shard, packing.ending()));
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
          TarArchiveOutputStream tar = new TarArchiveOutputStream(packing.pack(out))) {
        for (int i = shard; i < count; i += SHARDS) {
          LabeledImage image = dataset.image(Split.TRAIN, i % dataset.size(Split.TRAIN));
          put(tar, "%07d.cls".formatted(i), Integer.toString(image.label()).getBytes(US_ASCII));
          put(tar, "%07d.jpg".formatted(i), image.read(MOST));
        }
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
}
