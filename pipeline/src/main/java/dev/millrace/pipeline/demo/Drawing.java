package dev.millrace.pipeline.demo;

import dev.millrace.imaging.KeyedRandom;
import dev.millrace.imaging.Pixels;

/**
 * One image of a figure: somewhere, in some size, turned, in two colours, with a shade across it
 * and noise over it, all of them at random.
 */
final class Drawing {
  private static final double SMALLEST_CONTRAST = 60;
  private static final double NOISE = 14;

  private final Figure figure;
  private final KeyedRandom random;
  private final double centreX;
  private final double centreY;
  private final double cos;
  private final double sin;
  private final double shadeX;
  private final double shadeY;
  private final double[] ink;
  private final double[] paper;

  Drawing(Figure figure, int size, KeyedRandom random) {
    this.figure = figure;
    this.random = random;
    double radius = size * (figure.isShape() ? between(0.2, 0.42) : between(0.25, 0.6));
    double margin = figure.isShape() ? Math.min(radius * 0.9, size * 0.5) : 0.25 * size;
    this.centreX = between(margin, size - margin);
    this.centreY = between(margin, size - margin);
    double angle = between(0, 2 * Math.PI);
    this.cos = Math.cos(angle) / radius;
    this.sin = Math.sin(angle) / radius;
    this.shadeX = between(-50, 50) / size;
    this.shadeY = between(-50, 50) / size;
    this.paper = colour();
    this.ink = contrasting();
  }

  /** Draws it. */
  Pixels draw(int size) {
    byte[] rgb = new byte[size * size * 3];
    int at = 0;
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        double dx = x + 0.5 - centreX;
        double dy = y + 0.5 - centreY;
        double share = figure.ink(dx * cos + dy * sin, dy * cos - dx * sin);
        double shade = shadeX * (x - size / 2.0) + shadeY * (y - size / 2.0);
        for (int channel = 0; channel < 3; channel++) {
          double value = paper[channel] + share * (ink[channel] - paper[channel]);
          double noisy = value + shade + NOISE * random.nextGaussian();
          rgb[at++] = (byte) Math.clamp(Math.round(noisy), 0, 255);
        }
      }
    }
    return new Pixels(size, size, rgb);
  }

  private double[] colour() {
    return new double[] {between(20, 235), between(20, 235), between(20, 235)};
  }

  private double[] contrasting() {
    double[] colour = colour();
    while (Math.abs(brightness(colour) - brightness(paper)) < SMALLEST_CONTRAST) {
      colour = colour();
    }
    return colour;
  }

  private static double brightness(double[] rgb) {
    return 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
  }

  private double between(double least, double most) {
    return least + (most - least) * random.nextDouble();
  }
}
