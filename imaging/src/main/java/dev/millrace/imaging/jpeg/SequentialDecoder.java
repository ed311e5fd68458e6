package dev.millrace.imaging.jpeg;

import dev.millrace.imaging.jpeg.JpegFrame.Component;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decodes a rectangle of a JPEG, to the same bits that libjpeg-turbo gives: blocks outside of it
 * are read over, what is below is not even read. Keeps its memory, 12 bytes a pixel of the largest
 * rectangle; not for several threads.
 */
public final class SequentialDecoder {
  private static final int BLOCK = 8;
  // Vectors may be written so far behind the end.
  private static final int SLACK = Planes.SLACK;

  private final HuffmanTables tables = new HuffmanTables();
  private final ScanData data = new ScanData();
  private final ScanReader reader = new ScanReader(data);
  private final short[][] coefficients = {new short[0], new short[0], new short[0]};
  private int[] samples = new int[0];
  private final short[][] planes = {new short[0], new short[0], new short[0]};
  private final short[][] doubled = {new short[0], new short[0]};
  private short[] sums = new short[0];

  /** The rectangle that is decoded, in MCUs. */
  private record Part(int firstRow, int endRow, int firstColumn, int endColumn) {
    int columns() {
      return endColumn - firstColumn;
    }

    /** Blocks of a component in an MCU row, rounded up to whole vectors. */
    int lanes(Component component) {
      int blocks = component.horizontal() * component.vertical() * columns();
      return (blocks + InverseDct.LANES - 1) / InverseDct.LANES * InverseDct.LANES;
    }
  }

  /**
   * Decodes at least a rectangle.
   *
   * @param in the whole image, from its position
   * @param wanted the rectangle, which lies within the image
   * @throws UnsupportedJpegException if it is a JPEG of another kind, or damaged
   */
  public Planes decode(ByteBuffer in, Area wanted) throws UnsupportedJpegException {
    JpegFrame frame = JpegFrame.read(in.slice(), tables);
    if (wanted.top() + wanted.height() > frame.height()
        || wanted.left() + wanted.width() > frame.width()) {
      throw new UnsupportedJpegException("two sizes");
    }
    Part part = part(frame, wanted);
    data.read(in, frame.dataStart());
    read(frame, part);
    return rgb(frame, part, wanted);
  }

  // The triangle filter takes one chroma sample more on each side: two pixels.
  private static Part part(JpegFrame frame, Area area) throws UnsupportedJpegException {
    Component luma = frame.components().getFirst();
    if (luma.horizontal() == 2 && frame.width() <= 4) {
      throw new UnsupportedJpegException("an image too narrow for the triangle filter");
    }
    int height = frame.mcuHeight();
    int width = frame.mcuWidth();
    return new Part(
        Math.max(0, area.top() - 2) / height,
        Math.min(frame.mcusDown(), (area.top() + area.height() + 2 + height - 1) / height),
        Math.max(0, area.left() - 2) / width,
        Math.min(frame.mcusAcross(), (area.left() + area.width() + 2 + width - 1) / width));
  }

  private void read(JpegFrame frame, Part part) throws UnsupportedJpegException {
    allocate(frame, part);
    reader.mcu(mcu(frame, part));
    Position position = new Position(frame.restartInterval());
    for (int row = 0; row < part.endRow; row++) {
      if (row < part.firstRow) {
        position.skip(frame.mcusAcross());
        continue;
      }
      clear(frame, part);
      position.skip(part.firstColumn);
      position.read(part.columns());
      if (row < part.endRow - 1) {
        position.skip(frame.mcusAcross() - part.endColumn);
      }
      reader.requireInside();
      store(frame, part, row - part.firstRow);
    }
  }

  private List<ScanReader.Block> mcu(JpegFrame frame, Part part) {
    List<ScanReader.Block> mcu = new ArrayList<>();
    for (int c = 0; c < frame.components().size(); c++) {
      Component component = frame.components().get(c);
      for (int b = 0; b < component.horizontal() * component.vertical(); b++) {
        mcu.add(
            new ScanReader.Block(
                c,
                component.dc(),
                component.ac(),
                coefficients[c],
                b * part.columns(),
                part.lanes(component)));
      }
    }
    return List.copyOf(mcu);
  }

  /** Where in the scan the reading is: between restart markers. */
  private final class Position {
    private final int interval;
    private int segment;
    private int left;

    Position(int interval) {
      this.interval = interval == 0 ? Integer.MAX_VALUE : interval;
    }

    void read(int mcus) throws UnsupportedJpegException {
      for (int done = 0; done < mcus; ) {
        int some = some(mcus - done);
        reader.read(done, some);
        done += some;
      }
    }

    void skip(int mcus) throws UnsupportedJpegException {
      for (int done = 0; done < mcus; ) {
        int some = some(mcus - done);
        reader.skip(some);
        done += some;
      }
    }

    // How many MCUs can be read before the next restart marker.
    private int some(int mcus) throws UnsupportedJpegException {
      if (left == 0) {
        if (segment > 0) {
          reader.requireInside();
        }
        reader.start(segment++);
        left = interval;
      }
      int some = Math.min(mcus, left);
      left -= some;
      return some;
    }
  }

  private void allocate(JpegFrame frame, Part part) {
    int rows = (part.endRow - part.firstRow) * BLOCK;
    int columns = part.columns() * BLOCK;
    for (int c = 0; c < frame.components().size(); c++) {
      Component component = frame.components().get(c);
      int size = rows * component.vertical() * columns * component.horizontal();
      planes[c] = atLeast(planes[c], size);
      int lanes = part.lanes(component);
      coefficients[c] = atLeast(coefficients[c], (BLOCK * BLOCK + 1) * lanes);
      if (samples.length < BLOCK * BLOCK * lanes + SLACK) {
        samples = new int[BLOCK * BLOCK * lanes + SLACK];
      }
    }
  }

  private void clear(JpegFrame frame, Part part) {
    for (int c = 0; c < frame.components().size(); c++) {
      int lanes = part.lanes(frame.components().get(c));
      Arrays.fill(coefficients[c], 0, BLOCK * BLOCK * lanes, (short) 0);
    }
  }

  // Copies an MCU row's samples into the planes, in ascending order: each copy may write too many.
  private void store(JpegFrame frame, Part part, int mcuRow) {
    int columns = part.columns();
    for (int c = 0; c < frame.components().size(); c++) {
      Component component = frame.components().get(c);
      int across = component.horizontal();
      int stride = across * BLOCK * columns;
      int lanes = part.lanes(component);
      InverseDct.apply(coefficients[c], lanes, component.quantization(), samples);
      int at = mcuRow * component.vertical() * BLOCK * stride;
      for (int down = 0; down < component.vertical(); down++) {
        for (int y = 0; y < BLOCK; y++) {
          for (int slot = 0; slot < across * BLOCK; slot++) {
            int place = Planes.place(slot, across * BLOCK);
            int block = (down * across + place / BLOCK) * columns;
            int coefficient = y * BLOCK + place % BLOCK;
            InverseDct.samples(samples, coefficient * lanes + block, planes[c], at, columns);
            at += columns;
          }
        }
      }
    }
  }

  private Planes rgb(JpegFrame frame, Part part, Area area) {
    int top = part.firstRow * frame.mcuHeight();
    int rows = (part.endRow - part.firstRow) * frame.mcuHeight();
    short[][] channels = {planes[0], planes[0], planes[0]};
    int stride = part.columns() * frame.mcuWidth();
    if (frame.components().size() > 1) {
      int from = area.top() - top;
      int to = from + area.height();
      channels[1] = chroma(frame, part, 1, from, to);
      channels[2] = chroma(frame, part, 2, from, to);
      Colors.toRgb(channels[0], channels[1], channels[2], from * stride, to * stride);
    }
    return new Planes(
        top, part.firstColumn * frame.mcuWidth(), rows, part.columns(), frame.mcuWidth(), channels);
  }

  // A chroma plane as large as the luma plane: rows from, from + 1, ..., to - 1.
  private short[] chroma(JpegFrame frame, Part part, int c, int from, int to) {
    Component luma = frame.components().getFirst();
    short[] plane = planes[c];
    if (luma.horizontal() == 1 && luma.vertical() == 1) {
      return plane;
    }
    int stride = part.columns() * frame.mcuWidth();
    int size = (part.endRow - part.firstRow) * frame.mcuHeight() * stride;
    doubled[c - 1] = atLeast(doubled[c - 1], size);
    short[] to2 = doubled[c - 1];
    for (int row = from; row < to; row++) {
      if (luma.vertical() == 1) {
        across(frame, part, plane, row * stride / 2, to2, row * stride, 1, 2, 2);
      } else if (luma.horizontal() == 1) {
        down(frame, part, plane, row, to2, row * stride);
        Upsampling.divideRow(to2, row * stride, stride, row % 2 == 0 ? 1 : 2);
      } else {
        sums = atLeast(sums, stride);
        down(frame, part, plane, row, sums, 0);
        across(frame, part, sums, 0, to2, row * stride, 8, 7, 4);
      }
    }
    return to2;
  }

  private static void down(JpegFrame frame, Part part, short[] plane, int row, short[] to, int at) {
    int stride = part.columns() * BLOCK;
    int first = part.firstRow * BLOCK;
    int last = Math.min((frame.height() + 1) / 2, part.endRow * BLOCK) - 1 - first;
    int near = Math.min(row / 2, last);
    int far = Math.clamp(row % 2 == 0 ? row / 2 - 1 : row / 2 + 1, 0, last);
    Upsampling.mixRows(plane, near * stride, far * stride, to, at, stride);
  }

  private static void across(
      JpegFrame frame,
      Part part,
      short[] plane,
      int in,
      short[] to,
      int at,
      int low,
      int high,
      int shift) {
    int groups = part.columns();
    Upsampling.doubleColumns(plane, in, to, at, groups, low, high, shift);
    if (part.firstColumn == 0) {
      to[at] = Upsampling.edge(plane[in], low, shift);
    }
    int last = (frame.width() + 1) / 2 - 1 - part.firstColumn * BLOCK;
    if (last < groups * BLOCK) {
      int place = last % BLOCK;
      int group = last / BLOCK;
      to[at + (BLOCK + place) * groups + group] =
          Upsampling.edge(plane[in + place * groups + group], high, shift);
    }
  }

  private static short[] atLeast(short[] array, int size) {
    return array.length >= size + SLACK ? array : new short[size + size / 4 + SLACK];
  }
}
