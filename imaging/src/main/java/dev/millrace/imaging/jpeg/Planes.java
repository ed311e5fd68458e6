package dev.millrace.imaging.jpeg;

/**
 * A rectangle of an image, a plane a channel. Within a row, columns that are the same number of
 * places behind the start of a group lie side by side, as decoding many blocks at once leaves them:
 * {@link #index} says where a column is. The arrays belong to the decoder and are good until it
 * decodes the next image.
 *
 * @param top first row, in the image
 * @param left first column, in the image
 * @param height rows
 * @param groups groups of columns
 * @param groupWidth columns of a group
 * @param channels red, green and blue (the same array for grey), values 0 to 255
 */
@SuppressWarnings("ArrayRecordComponent") // working memory, never compared
public record Planes(
    int top, int left, int height, int groups, int groupWidth, short[][] channels) {
  /** Values that the arrays have behind the last pixel, because vectors are read whole. */
  public static final int SLACK = 64;

  /** Values of one row of a channel. */
  public int stride() {
    return groups * groupWidth;
  }

  /** Where a column of the image is within a row. */
  public int index(int column) {
    int place = column - left;
    return slot(place % groupWidth, groupWidth) * groups + place / groupWidth;
  }

  /**
   * The order of the places within a group: as they are, but in groups of 16, which doubled chroma
   * makes, the even ones come first.
   */
  static int slot(int place, int groupWidth) {
    return groupWidth == 16 ? (place & 1) * 8 + place / 2 : place;
  }

  /** The place in a group that a {@link #slot} is of. */
  static int place(int slot, int groupWidth) {
    return groupWidth == 16 ? slot % 8 * 2 + slot / 8 : slot;
  }
}
