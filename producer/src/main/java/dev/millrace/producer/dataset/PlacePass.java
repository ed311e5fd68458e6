package dev.millrace.producer.dataset;

import dev.millrace.schemas.Split;

/** Reads each image at its place when it is asked for. */
final class PlacePass implements ImagePass {
  private final Dataset dataset;
  private final Split split;
  private final int[] order;

  PlacePass(Dataset dataset, Split split, int[] order) {
    this.dataset = dataset;
    this.split = split;
    this.order = order;
  }

  @Override
  public int size() {
    return order.length;
  }

  @Override
  public LabeledImage image(int sequence) {
    return dataset.image(split, order[sequence]);
  }

  @Override
  public void close() {
    // Files are opened for each image, and closed behind it.
  }
}
