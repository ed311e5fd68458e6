package dev.millrace.producer;

import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.FirstImages;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.producer.arrivals.Receipt;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A continuous producer on a thread of its own, to which a test hands images. */
public final class TestIngestion implements AutoCloseable {
  /** Images of up to 1 MiB, one epoch without end, 100 classes. */
  public static final ContinuousOptions OPTIONS = new ContinuousOptions(1 << 20, 1 << 30, 0, 100);

  final ArrivalQueue queue = new ArrivalQueue(4 << 20);
  final KnownImages known = new KnownImages();
  private final ContinuousProducer producer;
  private final CompletableFuture<ProducerSummary> run = new CompletableFuture<>();

  TestIngestion(ContinuousOptions options, Topics topics, Map<String, Object> kafka) {
    producer =
        new ContinuousProducer(
            options, topics, kafka, queue, known, FirstImages.NONE, InstantSource.system());
    Thread.ofPlatform()
        .start(() -> {
          try {
            run.complete(producer.run());
          } catch (InterruptedException | RuntimeException e) {
            run.completeExceptionally(e);
          }
        });
  }

  /** Waits until it takes images. */
  TestIngestion open() throws Exception {
    TestBroker.await("taking images", () -> !queue.isPaused() || run.isDone());
    if (run.isDone()) {
      run.get();
    }
    return this;
  }

  /** An image of a class. */
  static IncomingImage image(String id, String synset, int number) {
    byte[] bytes = TestPictures.jpeg(number);
    return new IncomingImage(
        id,
        Split.TRAIN,
        synset,
        synset,
        "test",
        bytes,
        bytes.length,
        Instant.EPOCH,
        Integer.toString(number),
        null,
        true,
        new CompletableFuture<>());
  }

  /** Hands images over and waits for what became of them. */
  List<Receipt> take(IncomingImage... images) throws Exception {
    for (IncomingImage image : images) {
      queue.put(image);
    }
    return List.of(images).stream().map(image -> image.receipt().join()).toList();
  }

  /** Stops it, and what it has published. */
  ProducerSummary stop() throws Exception {
    producer.close();
    return run.get(30, TimeUnit.SECONDS);
  }

  /** What ends it by itself. */
  ProducerSummary end() throws Exception {
    return run.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    producer.close();
    var _ = run.handle((_, _) -> true).join();
  }
}
