package dev.millrace.dashboard.tensorboard;

import dev.millrace.dashboard.pictures.Pictures;
import dev.millrace.dashboard.pictures.PicturesBusyException;
import dev.millrace.dashboard.pictures.PicturesView.KernelsOf;
import dev.millrace.dashboard.pictures.PicturesView.MistakesOf;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives TensorBoard's files the first layer's kernels of every checkpoint, by the tag {@code
 * kernels}, and the images that a run got most wrong at its newest evaluation, by {@code
 * most_wrong/01} and so on. Looks every two seconds, on a thread of its own; what cannot be read or
 * written then is tried again.
 */
public final class EventPictures implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventPictures.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);
  private static final String KERNELS = "kernels";
  private static final int RGB = 3;

  // Where every PNG has its size: behind its signature, and its first chunk's length and name.
  private static final int WIDTH_AT = 16;
  private static final int HEIGHT_AT = 20;

  private final EventFiles files;
  private final Pictures pictures;
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final Thread thread = new Thread(this::run, "millrace-tensorboard-pictures");
  private volatile boolean closed;

  private EventPictures(EventFiles files, Topics topics, Map<String, Object> kafka) {
    this.files = files;
    this.pictures = new Pictures(topics, kafka, InstantSource.system(), changed::add);
    thread.setDaemon(true);
  }

  /**
   * Starts to look.
   *
   * @param files what they are written to; not closed with this
   * @param kafka the user's client properties, with bootstrap.servers
   */
  public static EventPictures start(EventFiles files, Topics topics, Map<String, Object> kafka) {
    EventPictures started = new EventPictures(files, topics, kafka);
    started.pictures.start();
    started.thread.start();
    return started;
  }

  private void run() {
    while (!closed) {
      for (String run : List.copyOf(changed)) {
        // Before it is read: what comes meanwhile is read the next time.
        changed.remove(run);
        try {
          write(run);
        } catch (InterruptException e) {
          LOG.debug("Ending", e);
          return;
        } catch (IOException | KafkaException | PicturesBusyException e) {
          // The brokers are away, or the disk is full, which is said where metrics are written.
          LOG.debug("Cannot write all pictures of run {}, trying again", run, e);
          changed.add(run);
        }
      }
      pause();
    }
  }

  private void write(String run) throws IOException {
    for (KernelsOf kernels : pictures.kernels(run).reversed()) {
      write(run, KERNELS, kernels.step(), kernels.at(), pictures.kernels(run, kernels.step()));
    }
    MistakesOf mistakes = pictures.mistakes(run);
    int images = mistakes == null ? 0 : mistakes.images().size();
    for (int i = 0; mistakes != null && i < images; i++) {
      write(
          run,
          "most_wrong/%02d".formatted(i + 1),
          mistakes.step(),
          mistakes.at(),
          pictures.mistake(run, mistakes.step(), i));
    }
  }

  private void write(String run, String tag, long step, long at, Optional<byte[]> png)
      throws IOException {
    if (png.isPresent()) {
      ByteBuffer bytes = ByteBuffer.wrap(png.get());
      files.picture(
          run,
          new Picture(
              tag,
              step,
              Instant.ofEpochMilli(at),
              bytes.getInt(WIDTH_AT),
              bytes.getInt(HEIGHT_AT),
              RGB,
              bytes));
    }
  }

  private void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  /** Stops looking. */
  @Override
  public void close() {
    closed = true;
    pictures.close();
    thread.interrupt();
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
