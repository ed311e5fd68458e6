package dev.millrace.pipeline.preview;

/**
 * Where everything is on a contact sheet, in pixels: names at the left, then a column of the
 * originals, then one for each epoch.
 *
 * @param crop height and width of an augmented image
 * @param rows number of images, at least 1
 * @param versions number of augmented versions of each, at least 1
 */
public record SheetLayout(int crop, int rows, int versions) {
  /** Width of the names. */
  static final int NAMES = 168;

  /** Height of the captions above the columns. */
  static final int CAPTIONS = 24;

  /** Empty space between cells. */
  static final int GAP = 8;

  private static final int MARGIN = 16;
  private static final int LEAST_CELL = 128;

  /** How many of the sheet's pixels, in each direction, one of an augmented image takes. */
  public int scale() {
    return Math.ceilDiv(LEAST_CELL, Math.min(crop, LEAST_CELL));
  }

  /** Height and width of a cell. */
  public int cell() {
    return crop * scale();
  }

  /**
   * First pixel of a column.
   *
   * @param column 0 for the originals, then the epochs from 1
   */
  public int left(int column) {
    return MARGIN + NAMES + GAP + column * (cell() + GAP) + (column > 0 ? GAP : 0);
  }

  /**
   * First pixel of a row.
   *
   * @param row from 0
   */
  public int top(int row) {
    return MARGIN + CAPTIONS + row * (cell() + GAP);
  }

  /** Where the names begin. */
  int names() {
    return MARGIN;
  }

  /** Width of the sheet. */
  public int width() {
    return left(versions) + cell() + MARGIN;
  }

  /** Height of the sheet. */
  public int height() {
    return top(rows - 1) + cell() + MARGIN;
  }
}
