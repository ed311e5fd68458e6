package dev.millrace.imaging;

import dev.millrace.imaging.jpeg.Area;
import dev.millrace.imaging.jpeg.Planes;
import dev.millrace.imaging.jpeg.SequentialDecoder;
import dev.millrace.imaging.jpeg.UnsupportedJpegException;
import java.nio.ByteBuffer;

/**
 * Decodes of the usual JPEGs only what is wanted; all others are decoded whole by a library, and
 * cut then. The pixels are the same either way.
 */
final class WindowDecoder implements ImageDecoder {
  // Planes of these take 48 MiB.
  private static final long MOST_PIXELS = 1 << 22;

  private final ImageLimits limits;
  private final WholeDecoder others;
  private final SequentialDecoder sequential = new SequentialDecoder();
  private final Resizer resizer = new Resizer();
  private final Canvas stored = new Canvas();

  WindowDecoder(ImageLimits limits, WholeDecoder others) {
    this.limits = limits;
    this.others = others;
  }

  @Override
  public Pixels decode(ByteBuffer encoded) throws CorruptImageException {
    Canvas canvas = new Canvas();
    decode(encoded, Window.whole(), false, canvas);
    return canvas.toPixels();
  }

  @Override
  public void decode(ByteBuffer encoded, Window.Choice window, boolean mirrored, Canvas canvas)
      throws CorruptImageException {
    ImageHeader header = ImageHeader.read(encoded, limits);
    Orientation orientation = header.orientation();
    if (orientation.equals(Orientation.UPRIGHT)) {
      decode(encoded, header, window.of(header.height(), header.width()), mirrored, canvas);
      return;
    }
    Window seen =
        orientation.swapped()
            ? window.of(header.width(), header.height())
            : window.of(header.height(), header.width());
    decode(
        encoded, header, orientation.stored(seen, header.height(), header.width()), false, stored);
    orientation.turn(stored, mirrored, canvas);
  }

  private void decode(
      ByteBuffer encoded, ImageHeader header, Window window, boolean mirrored, Canvas canvas)
      throws CorruptImageException {
    resizer.prepare(window, canvas);
    if (header.format() == ImageHeader.Format.JPEG && isDecoded(encoded, mirrored, canvas)) {
      return;
    }
    Pixels whole = others.decode(encoded);
    for (int from = 0; from < canvas.height(); ) {
      int to = band(from, canvas.height());
      resizer.resize(planes(whole, resizer.area(from, to)), mirrored, from, to, canvas);
      from = to;
    }
  }

  private boolean isDecoded(ByteBuffer encoded, boolean mirrored, Canvas canvas) {
    try {
      for (int from = 0; from < canvas.height(); ) {
        int to = band(from, canvas.height());
        Planes planes = sequential.decode(encoded, resizer.area(from, to));
        resizer.resize(planes, mirrored, from, to, canvas);
        from = to;
      }
      return true;
    } catch (UnsupportedJpegException e) {
      return false; // the library reads it, or says what is wrong
    }
  }

  // Of large images some rows at a time, so that memory stays bounded; each time, the data before
  // them is read anew.
  private int band(int from, int height) {
    Area all = resizer.area(from, height);
    long pixels = (long) all.height() * all.width();
    return pixels <= MOST_PIXELS
        ? height
        : from + (int) Math.max(1, (height - from) * MOST_PIXELS / pixels);
  }

  @Override
  public String name() {
    return "Millrace for baseline JPEG, %s for others".formatted(others.name());
  }

  @Override
  public void close() {
    others.close();
  }

  private static Planes planes(Pixels pixels, Area area) {
    byte[] rgb = pixels.rgb();
    int size = area.height() * area.width();
    short[][] channels = new short[Pixels.CHANNELS][size + Planes.SLACK];
    int out = 0;
    for (int y = area.top(); y < area.top() + area.height(); y++) {
      int from = (y * pixels.width() + area.left()) * Pixels.CHANNELS;
      for (int x = 0; x < area.width(); x++, from += Pixels.CHANNELS, out++) {
        channels[0][out] = (short) (rgb[from] & 0xFF);
        channels[1][out] = (short) (rgb[from + 1] & 0xFF);
        channels[2][out] = (short) (rgb[from + 2] & 0xFF);
      }
    }
    return new Planes(area.top(), area.left(), area.height(), area.width(), 1, channels);
  }

  static Planes planes(Pixels pixels) {
    return planes(pixels, new Area(0, 0, pixels.height(), pixels.width()));
  }
}
