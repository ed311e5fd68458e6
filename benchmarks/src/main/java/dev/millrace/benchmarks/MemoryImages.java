package dev.millrace.benchmarks;

import dev.millrace.imaging.ImageLimits;
import dev.millrace.producer.dataset.Dataset;
import dev.millrace.producer.dataset.LabeledImage;
import dev.millrace.schemas.Split;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The encoded images of a split, held in memory.
 *
 * @param split which split
 * @param images in the order of the dataset's positions
 */
record MemoryImages(Split split, List<Labeled> images) {
  /** An image as it is in its file. */
  record Labeled(String id, int label, ByteBuffer encoded) {}

  static MemoryImages of(Dataset dataset, Split split) throws IOException {
    List<Labeled> images = new ArrayList<>();
    for (int i = 0; i < dataset.size(split); i++) {
      LabeledImage image = dataset.image(split, i);
      byte[] bytes = image.read((int) ImageLimits.DEFAULT.maxBytes());
      images.add(new Labeled(image.id(), image.label(), ByteBuffer.wrap(bytes)));
    }
    return new MemoryImages(split, images);
  }

  int size() {
    return images.size();
  }
}
