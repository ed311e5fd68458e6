package dev.millrace.imaging;

/**
 * Chooses the decoder: the system's libturbojpeg where it is installed, leptonica's jar elsewhere.
 */
public final class ImageDecoders {
  private ImageDecoders() {}

  /**
   * The fastest decoder of this machine; both give the same pixels.
   *
   * @param limits images over them are refused
   */
  public static ImageDecoder open(ImageLimits limits) {
    return TurboJpegLibrary.find()
        .<ImageDecoder>map(library -> new TurboJpegDecoder(library, limits))
        .orElseGet(() -> new LeptonicaDecoder(limits));
  }
}
