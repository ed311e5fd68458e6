package dev.millrace.producer.dataset;

import dev.millrace.producer.archive.ArchiveFile;
import dev.millrace.producer.archive.Compression;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;

/**
 * Files of TFRecords whose records are {@code tf.train.Example}s of images. Labels lie in the
 * records, so listing reads all of a file, and checks each record's sums. A label is the index of
 * its class.
 */
final class TfRecords {
  private static final int HEADER = 12; // a record's length and that one's sum
  private static final int MOST_RECORD_BYTES = 64 << 20;
  private static final int MASK = 0xa282ead8;

  private final StoredFiles.Builder files = new StoredFiles.Builder();
  private final Map<Integer, String> synsets = new HashMap<>();
  private final Map<Integer, String> names = new HashMap<>();
  private byte[] record = new byte[1 << 20];
  private final LongAdder found;
  private int mostLabel;

  private TfRecords(LongAdder found) {
    this.found = found;
  }

  /** Whether a file begins as one of TFRecords does. */
  static boolean is(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] header = in.readNBytes(HEADER);
      return header.length == HEADER && sum(header, 8) == littleEndian(header).getInt(8);
    }
  }

  /**
   * Lists files that are one dataset.
   *
   * @param folder what their paths begin with; of a single one, its path
   * @param found counts the images as they are found
   * @throws DatasetException naming the file and record that is damaged, or no image
   */
  static Listing list(List<Path> shards, String folder, LongAdder found) throws DatasetException {
    TfRecords records = new TfRecords(found);
    for (Path shard : shards) {
      ArchiveFile archive = new ArchiveFile(shard);
      String inside = Shards.name(folder, archive.path());
      records.files.shard(new Shard(archive, Compression.NONE, Shards.split(inside)));
      records.list(shard, inside);
    }
    StoredFiles listed = records.files.build();
    return new Listing(listed, records.labels(listed));
  }

  private void list(Path shard, String inside) throws DatasetException {
    long offset = 0;
    int number = 0;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(shard), 1 << 16)) {
      for (int length = next(in); length >= 0; length = next(in)) {
        add("%s%08d".formatted(inside, number), TfExample.parse(record, length), offset + HEADER);
        offset += HEADER + length + 4L;
        number++;
      }
    } catch (IOException e) {
      throw new DatasetException(
          "Cannot read record %,d of the TFRecords in %s, at byte %,d: %s; write or copy it again"
              .formatted(number, shard, offset, e.getMessage()),
          e);
    }
  }

  /** Reads the next record; its length, -1 at the end. */
  private int next(InputStream in) throws IOException {
    byte[] header = in.readNBytes(HEADER);
    if (header.length == 0) {
      return -1;
    }
    if (header.length < HEADER) {
      throw new EOFException("it is cut short");
    }
    requireSum(sum(header, 8), littleEndian(header).getInt(8));
    long length = littleEndian(header).getLong();
    if (length < 0 || length > MOST_RECORD_BYTES) {
      throw new IOException("it has %,d bytes, 64 MiB are allowed".formatted(length));
    }
    if (length > record.length) {
      record = new byte[(int) length];
    }
    byte[] sum = new byte[4];
    if (in.readNBytes(record, 0, (int) length) < length || in.readNBytes(sum, 0, 4) < 4) {
      throw new EOFException("it is cut short");
    }
    requireSum(sum(record, (int) length), littleEndian(sum).getInt());
    return (int) length;
  }

  private static void requireSum(int found, int expected) throws IOException {
    if (found != expected) {
      throw new IOException("its checksum does not fit, it is damaged");
    }
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int sum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  private void add(String path, TfExample example, long recordOffset) throws IOException {
    Long label = example.label();
    if (example.offset() < 0 || label == null) {
      throw new IOException(
          "it has no field " + (label == null ? "image/class/label" : "image/encoded"));
    }
    if (label < 0 || label >= Labels.MOST_CLASSES) {
      throw new IOException(
          "a label is a number from 0 to %,d, found %d".formatted(Labels.MOST_CLASSES - 1, label));
    }
    int index = label.intValue();
    mostLabel = Math.max(mostLabel, index);
    if (example.synset() != null) {
      synsets.putIfAbsent(index, example.synset());
    }
    if (example.text() != null) {
      names.putIfAbsent(index, example.text());
    }
    int file = files.add(path, recordOffset + example.offset(), example.length(), 0);
    files.tag(file, index);
    found.increment();
  }

  private Labels labels(StoredFiles listed) {
    // Two labels may have one synset by mistake; class lists name each class once.
    boolean named = synsets.values().stream().distinct().count() == synsets.size();
    List<String> ids =
        IntStream.rangeClosed(0, mostLabel)
            .mapToObj(i -> named ? synsets.getOrDefault(i, String.valueOf(i)) : String.valueOf(i))
            .toList();
    return new Labels(
        ids,
        IntStream.rangeClosed(0, mostLabel)
            .mapToObj(i -> names.getOrDefault(i, ids.get(i)))
            .toList(),
        IntStream.range(0, listed.size()).map(listed::tag).toArray(),
        listed.validation());
  }
}
