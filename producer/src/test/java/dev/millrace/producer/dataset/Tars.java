package dev.millrace.producer.dataset;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.millrace.schemas.Split;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Makes archives, and tells what a dataset finds in them. */
final class Tars {
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
