package dev.millrace.imaging;

/**
 * Opens decoders. The usual JPEGs are decoded here; for all others there is the system's
 * libturbojpeg where it is installed, and leptonica's jar elsewhere. The pixels are the same.
 */
public final class ImageDecoders {
  private ImageDecoders() {}

  /**
   * The fastest decoder of this machine.
   *
   * @param limits images over them are refused
   */
  public static ImageDecoder open(ImageLimits limits) {
    WholeDecoder others =
        TurboJpegLibrary.find()
            .<WholeDecoder>map(library -> new TurboJpegDecoder(library, limits))
            .orElseGet(() -> new LeptonicaDecoder(limits));
    return new WindowDecoder(limits, others);
  }
}
