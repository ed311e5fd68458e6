package dev.millrace.imaging;

class LeptonicaDecoderTest extends ImageDecoderContract {
  @Override
  ImageDecoder open(ImageLimits limits) {
    return new LeptonicaDecoder(limits);
  }
}
