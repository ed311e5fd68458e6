package dev.millrace.producer;

import dev.millrace.producer.arrivals.ArrivalQueue;
import dev.millrace.producer.arrivals.FirstImages;
import dev.millrace.producer.arrivals.IncomingImage;
import dev.millrace.producer.arrivals.KnownImages;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topics;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes images as they arrive, from any number of sources, into an epoch that does not end, or
 * into epochs of a number of images. Each is published once, whatever is killed. When the brokers
 * are away it waits for them. Images that are there at the beginning may be the validation split,
 * which is published first. One at a time publishes under a prefix. Keeps 32 MiB of images that are
 * not committed in memory and 64 MiB of unsent records, besides the queue and what is known.
 */
public final class ContinuousProducer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ContinuousProducer.class);
  private static final Duration HOLD = Duration.ofMillis(20);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final ContinuousOptions options;
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final ArrivalQueue queue;
  private final KnownImages known;
  private final FirstImages first;
  private final InstantSource clock;
  private final ArrivalCounts counts = new ArrivalCounts();
  private final Deque<IncomingImage> taken = new ArrayDeque<>(); // and not yet sent
  private volatile boolean stopping;
  private boolean begun;

  /**
   * Prepares publishing; nothing happens before {@link #run}.
   *
   * @param kafka client properties, with bootstrap.servers
   * @param queue gives the images; to be used for this alone
   * @param known filled with what arrived before; sources wait for it
   * @param first what there is at the beginning
   * @param clock gives the records' times
   */
  public ContinuousProducer(
      ContinuousOptions options,
      Topics topics,
      Map<String, Object> kafka,
      ArrivalQueue queue,
      KnownImages known,
      FirstImages first,
      InstantSource clock) {
    this.options = options;
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.queue = queue;
    this.known = known;
    this.first = first;
    this.clock = clock;
  }

  /** Number of images published so far by this run. */
  public long published() {
    return counts.images();
  }

  /** Makes {@link #run} return soon; what was published stays and counts. */
  @Override
  public void close() {
    stopping = true;
  }

  /**
   * Publishes until {@link #close} is called.
   *
   * @throws PublishException if the topics hold something else, another producer takes over, or the
   *     brokers do not take records
   * @throws InterruptedException if the thread is interrupted
   */
  public ProducerSummary run() throws InterruptedException {
    try (Admin admin = Admin.create(kafka)) {
      var _ =
          new RequiredTopics(admin, topics, ProducerShare.WHOLE, options.maxAheadBytes()).check();
      while (!stopping) {
        publishUntilBrokersFail(admin);
      }
    } catch (InterruptException e) {
      Thread.interrupted(); // told by the exception
      throw (InterruptedException) new InterruptedException().initCause(e);
    } finally {
      giveUpRest();
    }
    return counts.summary();
  }

  private void publishUntilBrokersFail(Admin admin) throws InterruptedException {
    try {
      publish(admin);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException | PublishException e) {
      queue.paused(true);
      if (!begun || !mayPass(e)) {
        throw e;
      }
      LOG.warn("Cannot publish what arrives at the moment, trying again: {}", e.getMessage());
      Thread.sleep(RETRY);
    }
  }

  private static boolean mayPass(Exception problem) {
    return RecordSender.isCausedBy(problem, RetriableException.class)
        && !RecordSender.isFenced(problem);
  }

  private void publish(Admin admin) throws InterruptedException {
    try (ArrivalPublisher publisher =
        ArrivalPublisher.open(options, topics, kafka, admin, known, clock, counts)) {
      begun = true;
      try {
        send(publisher);
        if (publisher.validationDue()) {
          publishValidation(publisher);
        }
        known.loaded();
        takeArrivals(publisher);
        publisher.commit();
      } finally {
        publisher.unacknowledged().reversed().forEach(taken::addFirst);
      }
    }
  }

  // Its images have nobody to wait for them: if this fails, they are listed again.
  private void publishValidation(ArrivalPublisher publisher) throws InterruptedException {
    publisher.publishClasses(first.classes());
    for (IncomingImage image : first.validation()) {
      while (!stopping && !publisher.hasRoom(Split.VALIDATION)) {
        publisher.commitWhenDue();
        Thread.sleep(HOLD);
      }
      if (stopping) {
        return;
      }
      publisher.take(image);
      publisher.commitWhenDue();
    }
    publisher.endEpoch(Split.VALIDATION);
    publisher.commit();
  }

  private void takeArrivals(ArrivalPublisher publisher) throws InterruptedException {
    while (!stopping) {
      publisher.commitWhenDue();
      boolean room = publisher.hasRoom(Split.TRAIN);
      if (queue.isPaused() == room) {
        queue.paused(!room);
        LOG.debug("{}", room ? "Taking images" : "Holding back");
      }
      if (room) {
        IncomingImage next = queue.take(HOLD);
        if (next != null) {
          taken.addLast(next);
          send(publisher);
        }
      } else {
        Thread.sleep(HOLD);
      }
    }
  }

  // One that fails stays, to be sent when the brokers are back.
  private void send(ArrivalPublisher publisher) {
    while (!taken.isEmpty()) {
      publisher.take(taken.getFirst());
      taken.removeFirst();
    }
  }

  private void giveUpRest() {
    queue.paused(true);
    List<IncomingImage> rest = new ArrayList<>(taken);
    rest.addAll(queue.drain());
    rest.forEach(image ->
        image.receipt().completeExceptionally(new CancellationException("publishing has ended")));
  }
}
