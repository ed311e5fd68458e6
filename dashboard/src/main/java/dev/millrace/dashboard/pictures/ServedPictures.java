package dev.millrace.dashboard.pictures;

import dev.millrace.dashboard.web.Picture;
import dev.millrace.dashboard.web.PictureSource;
import dev.millrace.dashboard.web.Query;
import dev.millrace.dashboard.web.UnavailableException;
import dev.millrace.imaging.Pixels;
import dev.millrace.imaging.PngEncoder;
import dev.millrace.schemas.Topics;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** Serves {@link Pictures} by their addresses. Safe for use by several threads. */
public final class ServedPictures implements PictureSource, AutoCloseable {
  private static final Picture NO_PICTURE = new Picture(PngEncoder.encode(crossedOut()), false);

  private final Pictures pictures;
  private volatile Consumer<String> hears = _ -> {};

  /**
   * Prepares; nothing is opened yet.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   */
  public ServedPictures(Topics topics, Map<String, Object> kafka, InstantSource clock) {
    this.pictures = new Pictures(topics, kafka, clock, run -> hears.accept(run));
  }

  /** Starts to read the topics that tell where pictures are. */
  public ServedPictures start() {
    pictures.start();
    return this;
  }

  @Override
  public Object pictures(String run) {
    return pictures.view(run);
  }

  @Override
  public @Nullable Picture picture(Query query) {
    try {
      return find(query);
    } catch (NumberFormatException e) {
      return null; // no address of ours
    } catch (KafkaException e) {
      throw new UnavailableException("the brokers do not give the picture now: " + e.getMessage());
    }
  }

  private @Nullable Picture find(Query query) {
    List<String> path = query.path();
    String at = query.text("at");
    boolean immutable = at != null;
    String place = path.size() + " " + path.get(1);
    return switch (place) {
      case "4 kernels" -> picture(pictures.kernels(path.get(2), number(path.get(3))), immutable);
      case "5 mistakes" ->
          picture(
              pictures.mistake(path.get(2), number(path.get(3) + ".png"), index(path.get(4))),
              immutable);
      case "3 preview" ->
          at == null
              ? null
              : picture(pictures.preview(index(path.get(2)), Long.parseLong(at)), true);
      case "3 dead-letters" -> deadLetter(number(path.get(2)));
      default -> null;
    };
  }

  private @Nullable Picture deadLetter(long offset) {
    Optional<byte[]> png = pictures.deadLetter(offset);
    return png.isPresent() ? picture(png, false) : NO_PICTURE;
  }

  private static @Nullable Picture picture(Optional<byte[]> png, boolean immutable) {
    return png.map(bytes -> new Picture(bytes, immutable)).orElse(null);
  }

  private static int index(String file) {
    return Math.toIntExact(Math.clamp(number(file), -1, Integer.MAX_VALUE));
  }

  private static long number(String file) {
    if (!file.endsWith(".png")) {
      throw new NumberFormatException(file);
    }
    return Long.parseLong(file.substring(0, file.length() - ".png".length()));
  }

  @Override
  public @Nullable String kernels(String run, long step) {
    return pictures.kernelsUrl(run, step);
  }

  @Override
  public @Nullable String thumbnail(long offset) {
    return pictures.thumbnailUrl(offset);
  }

  @Override
  public void onNew(Consumer<String> listener) {
    hears = listener;
  }

  // In the place of an image that cannot be shown.
  private static Pixels crossedOut() {
    int side = 64;
    byte[] rgb = new byte[side * side * Pixels.CHANNELS];
    Arrays.fill(rgb, (byte) 0xC8);
    for (int i = 0; i < side; i++) {
      for (int x : new int[] {i, side - 1 - i}) {
        Arrays.fill(rgb, (i * side + x) * Pixels.CHANNELS, (i * side + x + 1) * 3, (byte) 0x60);
      }
    }
    return new Pixels(side, side, rgb);
  }

  @Override
  public void close() {
    pictures.close();
  }
}
