package dev.millrace.imaging;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Decodes JPEG by the system's libturbojpeg, and PNG by leptonica. */
@SuppressWarnings("restricted") // calling native code is its job
final class TurboJpegDecoder implements WholeDecoder {
  private static final int FORMAT_RGB = 0;
  private static final int FORMAT_CMYK = 11;
  private static final int CMYK_CHANNELS = 4;
  private static final int WARNING = 0;
  private static final int LONGEST_TEXT = 200;

  private final TurboJpegLibrary library;
  private final ImageLimits limits;
  private final LeptonicaDecoder leptonica;
  private MemorySegment handle;

  TurboJpegDecoder(TurboJpegLibrary library, ImageLimits limits) {
    this.library = library;
    this.limits = limits;
    this.leptonica = new LeptonicaDecoder(limits);
    this.handle = (MemorySegment) call(library.initDecompress);
    if (handle.equals(MemorySegment.NULL)) {
      throw new IllegalStateException("libturbojpeg gives no decoder: out of memory");
    }
  }

  @Override
  public Pixels decode(ByteBuffer encoded) throws CorruptImageException {
    ImageHeader header = ImageHeader.read(encoded, limits);
    return switch (header.format()) {
      case PNG, GIF, WEBP -> leptonica.decode(encoded);
      case JPEG -> jpeg(encoded, header);
    };
  }

  @Override
  public String name() {
    return "libturbojpeg of the system";
  }

  @Override
  public void close() {
    if (!handle.equals(MemorySegment.NULL)) {
      call(library.destroy, handle);
      handle = MemorySegment.NULL;
    }
    leptonica.close();
  }

  private Pixels jpeg(ByteBuffer encoded, ImageHeader header) throws CorruptImageException {
    if (header.components() != CMYK_CHANNELS) {
      byte[] rgb = decompress(encoded, header, FORMAT_RGB, Pixels.CHANNELS);
      return new Pixels(header.height(), header.width(), rgb);
    }
    byte[] cmyk = decompress(encoded, header, FORMAT_CMYK, CMYK_CHANNELS);
    return new Pixels(header.height(), header.width(), Cmyk.toRgb(cmyk));
  }

  private byte[] decompress(ByteBuffer encoded, ImageHeader header, int format, int channels)
      throws CorruptImageException {
    byte[] pixels = new byte[Math.multiplyExact(header.height() * header.width(), channels)];
    MemorySegment in = MemorySegment.ofBuffer(encoded);
    int result;
    try {
      result =
          (int)
              library.decompress.invokeExact(
                  handle,
                  in,
                  in.byteSize(),
                  MemorySegment.ofArray(pixels),
                  header.width(),
                  0, // no padding between rows
                  header.height(),
                  format,
                  0);
    } catch (Throwable e) {
      throw new IllegalStateException("Cannot call libturbojpeg", e);
    }
    // A warning (stray bytes, an odd marker) still leaves a whole image.
    if (result != 0 && (int) call(library.errorCode, handle) != WARNING) {
      throw new CorruptImageException("the JPEG cannot be decoded: " + errorText());
    }
    return pixels;
  }

  private String errorText() {
    MemorySegment text = (MemorySegment) call(library.errorText, handle);
    return text.reinterpret(LONGEST_TEXT).getString(0, StandardCharsets.UTF_8);
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException("Cannot call libturbojpeg", e);
    }
  }
}
