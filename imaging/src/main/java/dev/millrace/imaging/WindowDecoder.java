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
  private final ImageLimits limits;
  private final WholeDecoder others;
  private final SequentialDecoder sequential = new SequentialDecoder();
  private final Resizer resizer = new Resizer();

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
    Area needed = resizer.prepare(window.of(header.height(), header.width()));
    resizer.resize(planes(encoded, header, needed), mirrored, canvas);
  }

  @Override
  public String name() {
    return "Millrace for baseline JPEG, %s for others".formatted(others.name());
  }

  @Override
  public void close() {
    others.close();
  }

  private Planes planes(ByteBuffer encoded, ImageHeader header, Area needed)
      throws CorruptImageException {
    if (header.format() == ImageHeader.Format.JPEG) {
      try {
        return sequential.decode(encoded, needed);
      } catch (UnsupportedJpegException e) {
        // Nothing is wrong with it: the other decoder reads it, or says what is wrong.
      }
    }
    return planes(others.decode(encoded));
  }

  static Planes planes(Pixels pixels) {
    byte[] rgb = pixels.rgb();
    int size = pixels.height() * pixels.width();
    short[][] channels = new short[Pixels.CHANNELS][size + Planes.SLACK];
    for (int i = 0, from = 0; i < size; i++, from += Pixels.CHANNELS) {
      channels[0][i] = (short) (rgb[from] & 0xFF);
      channels[1][i] = (short) (rgb[from + 1] & 0xFF);
      channels[2][i] = (short) (rgb[from + 2] & 0xFF);
    }
    return new Planes(0, 0, pixels.height(), pixels.width(), 1, channels);
  }
}
