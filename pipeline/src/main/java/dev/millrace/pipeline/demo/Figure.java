package dev.millrace.pipeline.demo;

/**
 * The classes of the drawn images. Each says how much of a point is ink: six shapes, which cover a
 * part of the image, and six textures, which cover all of it.
 */
enum Figure {
  CIRCLE {
    @Override
    double ink(double x, double y) {
      return edge(1 - Math.hypot(x, y));
    }
  },
  RING {
    @Override
    double ink(double x, double y) {
      return edge(0.28 - Math.abs(Math.hypot(x, y) - 0.72));
    }
  },
  SQUARE {
    @Override
    double ink(double x, double y) {
      return edge(0.85 - Math.max(Math.abs(x), Math.abs(y)));
    }
  },
  TRIANGLE {
    @Override
    double ink(double x, double y) {
      double slope = (Math.abs(x) * Math.sqrt(3) + y) / 2;
      return edge(0.6 - Math.max(slope, -y));
    }
  },
  CROSS {
    @Override
    double ink(double x, double y) {
      double longer = Math.max(Math.abs(x), Math.abs(y));
      double shorter = Math.min(Math.abs(x), Math.abs(y));
      return edge(Math.min(1 - longer, 0.27 - shorter));
    }
  },
  STAR {
    @Override
    double ink(double x, double y) {
      double spikes = 0.66 + 0.34 * Math.cos(5 * Math.atan2(y, x));
      return edge(spikes - Math.hypot(x, y));
    }
  },
  STRIPES {
    @Override
    double ink(double x, double y) {
      return edge(Math.sin(6 * x) / 3);
    }
  },
  CHECKERS {
    @Override
    double ink(double x, double y) {
      return edge(Math.sin(5 * x) * Math.sin(5 * y) / 2);
    }
  },
  DOTS {
    @Override
    double ink(double x, double y) {
      return edge(0.28 - Math.hypot(centred(1.2 * x), centred(1.2 * y)));
    }
  },
  WAVES {
    @Override
    double ink(double x, double y) {
      return edge(Math.sin(6 * x + 2.2 * Math.sin(3.5 * y)) / 3);
    }
  },
  RINGS {
    @Override
    double ink(double x, double y) {
      return edge(Math.sin(8 * Math.hypot(x, y)) / 4);
    }
  },
  RAYS {
    @Override
    double ink(double x, double y) {
      return edge(Math.sin(8 * Math.atan2(y, x)) * Math.hypot(x, y) / 2);
    }
  };

  private static final double SHARPNESS = 12;

  /**
   * Share of ink, 0 to 1, at a point of a figure of about unit size around the origin; between the
   * two at its edges, so that they are smooth.
   */
  abstract double ink(double x, double y);

  /** Whether it is a part of the image, not all of it. */
  boolean isShape() {
    return compareTo(STRIPES) < 0;
  }

  private static double edge(double inside) {
    return Math.clamp(0.5 + SHARPNESS * inside, 0.0, 1.0);
  }

  /** Distance to the nearest whole number's middle, from -0.5 to 0.5. */
  private static double centred(double value) {
    return value - Math.rint(value);
  }
}
