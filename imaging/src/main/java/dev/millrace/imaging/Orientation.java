package dev.millrace.imaging;

import dev.millrace.imaging.jpeg.Area;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a camera was held, as EXIF tells it: how the stored pixels become the picture as people see
 * it. The stored row of a picture's pixel is its row or, {@code swapped}, its column, counted from
 * the other end where {@code rowsReversed}; likewise the stored column.
 */
record Orientation(boolean swapped, boolean rowsReversed, boolean columnsReversed) {
  /** Stored as seen. */
  static final Orientation UPRIGHT = new Orientation(false, false, false);

  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;
  private static final long EXIF = 0x457869660000L; // "Exif", 0, 0

  /**
   * Reads a JPEG's APP1 segment. What cannot be understood is upright: programs that write broken
   * EXIF data are many.
   *
   * @param segment the segment's content behind its length
   */
  static Orientation read(ByteBuffer segment) {
    try {
      if (segment.remaining() < 16 || (segment.getLong(0) >>> 16) != EXIF) {
        return UPRIGHT;
      }
      ByteBuffer tiff = segment.slice(6, segment.remaining() - 6);
      if (tiff.getShort(0) == 0x4949) { // "II"
        tiff.order(ByteOrder.LITTLE_ENDIAN);
      } else if (tiff.getShort(0) != 0x4D4D) { // "MM"
        return UPRIGHT;
      }
      return ofDirectory(tiff, tiff.getInt(4));
    } catch (IndexOutOfBoundsException e) {
      return UPRIGHT; // cut short
    }
  }

  private static Orientation ofDirectory(ByteBuffer tiff, int at) {
    int entries = tiff.getShort(at) & 0xFFFF;
    for (int i = 0; i < entries; i++) {
      int entry = at + 2 + i * ENTRY_BYTES;
      if (tiff.getShort(entry) == TAG && tiff.getShort(entry + 2) == SHORT) {
        return of(tiff.getShort(entry + 8));
      }
    }
    return UPRIGHT;
  }

  /** By EXIF's number, 1 to 8; others are upright. */
  static Orientation of(int exif) {
    return switch (exif) {
      case 2 -> new Orientation(false, false, true);
      case 3 -> new Orientation(false, true, true);
      case 4 -> new Orientation(false, true, false);
      case 5 -> new Orientation(true, false, false);
      case 6 -> new Orientation(true, true, false);
      case 7 -> new Orientation(true, true, true);
      case 8 -> new Orientation(true, false, true);
      default -> UPRIGHT;
    };
  }

  /**
   * The same window in the pixels as stored.
   *
   * @param window a window of the picture
   * @param height stored rows
   * @param width stored columns
   */
  Window stored(Window window, int height, int width) {
    Area source = window.source();
    Crop crop = window.crop();
    int resizedHeight = swapped ? window.width() : window.height();
    int resizedWidth = swapped ? window.height() : window.width();
    int rows = swapped ? source.width() : source.height();
    int columns = swapped ? source.height() : source.width();
    int cropRows = swapped ? crop.width() : crop.height();
    int cropColumns = swapped ? crop.height() : crop.width();
    int top = swapped ? source.left() : source.top();
    int left = swapped ? source.top() : source.left();
    int cropTop = swapped ? crop.left() : crop.top();
    int cropLeft = swapped ? crop.top() : crop.left();
    return new Window(
        new Area(
            rowsReversed ? height - top - rows : top,
            columnsReversed ? width - left - columns : left,
            rows,
            columns),
        resizedHeight,
        resizedWidth,
        new Crop(
            rowsReversed ? resizedHeight - cropTop - cropRows : cropTop,
            columnsReversed ? resizedWidth - cropLeft - cropColumns : cropLeft,
            cropRows,
            cropColumns));
  }

  /**
   * Turns pixels as stored into the picture.
   *
   * @param mirrored whether left and right are swapped then
   */
  void turn(Canvas stored, boolean mirrored, Canvas picture) {
    int height = swapped ? stored.width() : stored.height();
    int width = swapped ? stored.height() : stored.width();
    picture.resize(height, width);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int seen = mirrored ? width - 1 - x : x;
        int row = swapped ? seen : y;
        int column = swapped ? y : seen;
        row = rowsReversed ? stored.height() - 1 - row : row;
        column = columnsReversed ? stored.width() - 1 - column : column;
        picture.packed()[y * width + x] = stored.packed()[row * stored.width() + column];
      }
    }
  }
}
