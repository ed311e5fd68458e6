package dev.millrace.trainer;

import java.nio.ByteBuffer;

/**
 * The part of an image that the network looks at, shrunk for people.
 *
 * @param side height and width in pixels, 1 to 112
 * @param rgb side x side x 3 bytes
 */
record SmallPicture(int side, ByteBuffer rgb) {
  /** The longest side. */
  static final int LONGEST = 112;

  private static final int CHANNELS = 3;

  /**
   * The centre of one of several images: each pixel the mean of as many as come together in it.
   *
   * @param images uint8, NHWC
   * @param image which one, from 0
   * @param stored height and width of the images
   * @param input height and width of the centre, at most {@code stored}
   */
  static SmallPicture ofCentre(ByteBuffer images, int image, int stored, int input) {
    int margin = (stored - input) / 2;
    int merged = Math.ceilDiv(input, LONGEST);
    int side = input / merged;
    ByteBuffer rgb = ByteBuffer.allocate(side * side * CHANNELS);
    int first = ((image * stored + margin) * stored + margin) * CHANNELS;
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int corner = first + (y * stored + x) * merged * CHANNELS;
        for (int channel = 0; channel < CHANNELS; channel++) {
          rgb.put(mean(images, corner + channel, stored, merged));
        }
      }
    }
    return new SmallPicture(side, rgb.flip());
  }

  private static byte mean(ByteBuffer images, int corner, int stored, int merged) {
    int sum = 0;
    for (int row = 0; row < merged; row++) {
      for (int column = 0; column < merged; column++) {
        sum += images.get(corner + (row * stored + column) * CHANNELS) & 0xFF;
      }
    }
    int pixels = merged * merged;
    return (byte) ((sum + pixels / 2) / pixels);
  }
}
