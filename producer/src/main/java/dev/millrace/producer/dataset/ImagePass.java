package dev.millrace.producer.dataset;

/**
 * One reading of a split's images in the order of an epoch: the places in it are sequences, from 0.
 * The images that were said to be wanted are each read once, about in that order. May be used by
 * several threads.
 */
public sealed interface ImagePass extends AutoCloseable permits PlacePass, StreamPass {
  /** Number of images, wanted or not. */
  int size();

  /**
   * The image of a sequence; its {@link LabeledImage#read} waits until the image has been read.
   * Where archives are streams, it throws {@link ArchiveException} when one cannot be read on.
   */
  LabeledImage image(int sequence);

  /** Ends it; who waits for an image gets an exception. */
  @Override
  void close();
}
