package dev.millrace.pipeline.preview;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes on a picture, in whatever font the machine has; nothing where it has none. */
final class Captions {
  private static final Logger LOG = LoggerFactory.getLogger(Captions.class);
  private static final Font PLAIN = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  private static final Font BOLD = new Font(Font.SANS_SERIF, Font.BOLD, 13);
  private static final String PARTING = " /_-.";
  private static final String ELLIPSIS = "\u2026";

  private final Graphics2D graphics;
  private final boolean fonts;

  Captions(Graphics2D graphics) {
    this.graphics = graphics;
    this.fonts = available();
  }

  /** Whether this machine has fonts. Java's own run-time images and small containers have none. */
  static boolean available() {
    Graphics2D trial = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    try {
      trial.getFontMetrics(PLAIN);
      return true;
    } catch (RuntimeException | LinkageError e) {
      LOG.debug("No fonts", e);
      return false;
    } finally {
      trial.dispose();
    }
  }

  /** Writes one line, centred below a place. */
  void centred(String text, int left, int width, int baseline, Color color) {
    if (fonts) {
      graphics.setColor(color);
      graphics.setFont(PLAIN);
      FontMetrics metrics = graphics.getFontMetrics();
      String cut = cut(text, width, metrics);
      graphics.drawString(cut, left + (width - metrics.stringWidth(cut)) / 2, baseline);
    }
  }

  /**
   * Writes lines into a rectangle, breaking those that are too long and leaving out what there is
   * no room for.
   *
   * @param bold whether it is a title
   * @return where the next line would begin
   */
  int lines(String text, int left, int top, int width, int height, boolean bold, Color color) {
    if (!fonts) {
      return top;
    }
    graphics.setColor(color);
    graphics.setFont(bold ? BOLD : PLAIN);
    FontMetrics metrics = graphics.getFontMetrics();
    List<String> lines = broken(text, width, metrics);
    int room = Math.max(0, height / metrics.getHeight());
    int y = top;
    for (int i = 0; i < Math.min(room, lines.size()); i++) {
      boolean last = i == room - 1 && lines.size() > room;
      String line = last ? cut(lines.get(i) + ELLIPSIS, width, metrics) : lines.get(i);
      graphics.drawString(line, left, y + metrics.getAscent());
      y += metrics.getHeight();
    }
    return y;
  }

  // Behind what parts words and names where there is any, else wherever a line is full.
  private static List<String> broken(String text, int width, FontMetrics metrics) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (metrics.stringWidth(rest) > width) {
      int end = 1;
      while (metrics.stringWidth(rest.substring(0, end + 1)) <= width) {
        end++;
      }
      int part = end;
      while (part > 1 && PARTING.indexOf(rest.charAt(part - 1)) < 0) {
        part--;
      }
      end = part > 1 ? part : end;
      lines.add(rest.substring(0, end).stripTrailing());
      rest = rest.substring(end);
    }
    lines.add(rest);
    return lines;
  }

  private static String cut(String text, int width, FontMetrics metrics) {
    String cut = text;
    while (metrics.stringWidth(cut) > width && cut.length() > 1) {
      cut = cut.substring(0, cut.length() - 2) + ELLIPSIS;
    }
    return cut;
  }
}
