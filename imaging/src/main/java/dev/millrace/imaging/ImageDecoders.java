package dev.millrace.imaging;

/**
 * Opens decoders. The usual JPEGs are decoded here; for all others there is the system's
 * libturbojpeg where it is installed, and leptonica's jar elsewhere. The pixels are the same.
 */
public final class ImageDecoders {
  private static final String VECTOR_API = "jdk.incubator.vector";

  private ImageDecoders() {}

  /**
   * The fastest decoder of this machine.
   *
   * @param limits images over them are refused
   * @throws IllegalStateException if Java was started without the Vector API
   */
  public static ImageDecoder open(ImageLimits limits) {
    if (ModuleLayer.boot().findModule(VECTOR_API).isEmpty()) {
      throw new IllegalStateException(
          "Cannot decode images: start java with --add-modules " + VECTOR_API);
    }
    WholeDecoder others =
        TurboJpegLibrary.find()
            .<WholeDecoder>map(library -> new TurboJpegDecoder(library, limits))
            .orElseGet(() -> new LeptonicaDecoder(limits));
    return new WindowDecoder(limits, others);
  }
}
