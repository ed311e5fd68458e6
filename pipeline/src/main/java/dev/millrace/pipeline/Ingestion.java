package dev.millrace.pipeline;

import dev.millrace.pipeline.cli.CannotStartException;
import dev.millrace.producer.ContinuousOptions;
import dev.millrace.producer.ContinuousProducer;
import dev.millrace.producer.ProducerSummary;
import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.FirstImages;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.producer.follow.FolderWatch;
import dev.millrace.producer.follow.FollowOptions;
import dev.millrace.producer.upload.UploadOptions;
import dev.millrace.producer.upload.UploadServer;
import dev.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes images as they arrive, in a folder and over HTTP, and publishes them until it is told to
 * stop.
 */
final class Ingestion implements AutoCloseable {
  private static final long WAITING_BYTES = 64 << 20;

  private final Map<String, Object> kafka;
  private final Topics topics;
  private final ContinuousOptions publishing;
  private final ArrivalQueue queue = new ArrivalQueue(WAITING_BYTES);
  private final KnownImages known = new KnownImages();
  private final InstantSource clock = InstantSource.system();
  private @Nullable FolderWatch watch;
  private @Nullable UploadServer uploads;
  private volatile @Nullable ContinuousProducer producer;
  private volatile boolean stopping;

  /** Takes nothing yet. */
  Ingestion(ContinuousOptions publishing, Topics topics, Map<String, Object> kafka) {
    this.publishing = publishing;
    this.topics = topics;
    this.kafka = kafka;
  }

  /**
   * Takes what is put into a folder.
   *
   * @throws CannotStartException if there is no such folder
   */
  void follow(Path folder, FollowOptions options) throws CannotStartException {
    try {
      watch = new FolderWatch(folder, options, queue, known, clock);
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot follow %s (--follow): %s".formatted(folder, e.getMessage()), e);
    }
  }

  /**
   * Takes what is sent; the port it is sent to.
   *
   * @throws CannotStartException if it cannot listen there
   */
  int receive(UploadOptions options) throws CannotStartException {
    try {
      uploads = UploadServer.start(options, queue);
      return uploads.port();
    } catch (IOException e) {
      throw new CannotStartException(
          "Cannot take uploads at %s:%d (--upload-host, --upload-port, --upload-keystore): %s"
              .formatted(options.host(), options.port(), e.getMessage()),
          e);
    }
  }

  /** Number of images published so far. */
  long published() {
    ContinuousProducer begun = producer;
    return begun == null ? 0 : begun.published();
  }

  /** Publishes until told to stop. */
  ProducerSummary run() throws InterruptedException {
    FirstImages first = watch == null ? FirstImages.NONE : watch.first();
    ContinuousProducer begun =
        new ContinuousProducer(publishing, topics, kafka, queue, known, first, clock);
    producer = begun;
    if (stopping) {
      begun.close();
    }
    if (watch != null) {
      watch.start();
    }
    return begun.run();
  }

  /** Makes {@link #run} return soon; uploads that wait get their answers first. */
  void stop() {
    stopping = true;
    if (uploads != null) {
      uploads.close();
    }
    ContinuousProducer begun = producer;
    if (begun != null) {
      begun.close();
    }
  }

  @Override
  public void close() {
    stop();
    if (watch != null) {
      watch.close();
    }
  }
}
