package dev.millrace.pipeline.preview;

import dev.millrace.imaging.Pixels;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** A picture of images and their augmented versions, a row an image; not for several threads. */
public final class ContactSheet implements AutoCloseable {
  private static final Color PAPER = Color.WHITE;
  private static final Color EMPTY = new Color(0xE4E4E4);
  private static final Color FRAME = new Color(0xB0B0B0);
  private static final Color TEXT = new Color(0x202020);
  private static final Color SMALL = new Color(0x606060);
  private static final Color FAULT = new Color(0xA01010);
  private static final int INSET = 8;

  private final SheetLayout layout;
  private final BufferedImage image;
  private final Graphics2D graphics;
  private final Captions captions;
  private int rows;

  /** An empty sheet. */
  public ContactSheet(SheetLayout layout) {
    this.layout = layout;
    this.image = new BufferedImage(layout.width(), layout.height(), BufferedImage.TYPE_INT_RGB);
    this.graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    this.captions = new Captions(graphics);
    graphics.setColor(PAPER);
    graphics.fillRect(0, 0, layout.width(), layout.height());
    for (int column = 0; column <= layout.versions(); column++) {
      captions.centred(
          column == 0 ? "original" : "epoch " + column,
          layout.left(column),
          layout.cell(),
          layout.top(0) - SheetLayout.GAP,
          TEXT);
    }
  }

  /** Whether there can be captions: without fonts on the machine there are none. */
  public static boolean hasCaptions() {
    return Captions.available();
  }

  /** Adds a row below the others. */
  public void add(Row row) {
    int top = layout.top(rows++);
    names(row, top);
    for (int column = 0; column <= layout.versions(); column++) {
      int left = layout.left(column);
      graphics.setColor(EMPTY);
      graphics.fillRect(left, top, layout.cell(), layout.cell());
      graphics.setColor(FRAME); // around the cell: images may be as white as the paper
      graphics.drawRect(left - 1, top - 1, layout.cell() + 1, layout.cell() + 1);
    }
    switch (row) {
      case Row.Versions(var _, var _, Pixels original, var versions) -> {
        draw(
            original,
            1,
            layout.left(0) + (layout.cell() - original.width()) / 2,
            top + (layout.cell() - original.height()) / 2);
        for (int i = 0; i < versions.size(); i++) {
          draw(versions.get(i), layout.scale(), layout.left(i + 1), top);
        }
      }
      case Row.Failed(var _, var _, String reason) ->
          captions.lines(
              reason,
              layout.left(0) + INSET,
              top + INSET,
              layout.cell() - 2 * INSET,
              layout.cell() - 2 * INSET,
              false,
              FAULT);
    }
  }

  /** The sheet as a PNG file's bytes. */
  public byte[] png() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a PNG in memory", e);
    }
    return bytes.toByteArray();
  }

  @Override
  public void close() {
    graphics.dispose();
  }

  private void names(Row row, int top) {
    int height = layout.cell();
    int below =
        captions.lines(row.className(), layout.names(), top, SheetLayout.NAMES, height, true, TEXT);
    captions.lines(
        row.id(), layout.names(), below, SheetLayout.NAMES, top + height - below, false, SMALL);
  }

  private void draw(Pixels pixels, int scale, int left, int top) {
    byte[] rgb = pixels.rgb();
    for (int y = 0; y < pixels.height() * scale; y++) {
      for (int x = 0; x < pixels.width() * scale; x++) {
        int at = (y / scale * pixels.width() + x / scale) * Pixels.CHANNELS;
        int color = (rgb[at] & 0xFF) << 16 | (rgb[at + 1] & 0xFF) << 8 | (rgb[at + 2] & 0xFF);
        image.setRGB(left + x, top + y, color);
      }
    }
  }
}
