package dev.millrace.imaging;

class LeptonicaDecoderTest extends ImageDecoderContract {
  @Override
  WholeDecoder open(ImageLimits limits) {
    return new LeptonicaDecoder(limits);
  }
}
