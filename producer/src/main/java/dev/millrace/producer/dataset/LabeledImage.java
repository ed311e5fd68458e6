package dev.millrace.producer.dataset;

import java.io.IOException;

/** An image of a dataset, not yet read. */
public final class LabeledImage {
  private final Dataset dataset;
  private final int index;
  private final String id;
  private final int label;
  private final Reading reading;

  /** Where the bytes come from. */
  interface Reading {
    byte[] read(int room, int most) throws IOException;
  }

  LabeledImage(Dataset dataset, int index, String id, int label, Reading reading) {
    this.dataset = dataset;
    this.index = index;
    this.id = id;
    this.label = label;
    this.reading = reading;
  }

  /** Its path below the dataset's root, the same in every epoch. */
  public String id() {
    return id;
  }

  /** Class index, from 0. */
  public int label() {
    return label;
  }

  /** The class's WordNet id or folder name. */
  public String synset() {
    return dataset.synset(label);
  }

  /** Where it lies, for people. */
  public String source() {
    return dataset.files().source(index);
  }

  /**
   * Its length in bytes, as it is now.
   *
   * @throws IOException if the file is gone
   */
  public long length() throws IOException {
    return dataset.files().length(index);
  }

  /**
   * Its encoded bytes, or the first of them.
   *
   * @param most how many bytes are read at most
   * @throws IOException if it cannot be read
   */
  public byte[] read(int most) throws IOException {
    return read(0, most);
  }

  /**
   * Its encoded bytes, or the first of them, behind free room: what is to stand before them can be
   * put there, and they need not be copied.
   *
   * @param room bytes of that
   * @param most how many bytes are read at most
   * @throws IOException if it cannot be read
   */
  public byte[] read(int room, int most) throws IOException {
    return reading.read(room, most);
  }
}
