package dev.millrace.dashboard.flow;

import dev.millrace.dashboard.flow.FlowView.HeldBack;
import dev.millrace.schemas.DeadLetter;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Topics;
import dev.millrace.schemas.TrainingMetric;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Looks every two seconds, on a thread of its own, how images flow: what each topic keeps and how
 * fast it grows, who is how far behind, which stage the others wait for. Reads the newest records
 * of images and tensors, asks the brokers, belongs to no consumer group and changes nothing.
 *
 * <p>Whoever reads the topics of metrics, progress and dead letters gives it their records, in
 * order: what trainers know better than can be seen from outside.
 *
 * <p>A look ends after five seconds. When the brokers do not answer, the last look stays, with a
 * sentence that says so. Holds 100 runs and the places of 40,000 dead letters at most, and reads at
 * most 16 MiB of records at once. Safe for use by several threads.
 */
public final class Flow implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Flow.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(3);
  private static final int LIMIT_MILLIS = 5000;
  private static final int FETCH_WAIT_MILLIS = 100;
  private static final int FETCH_BYTES = 16 << 20;
  private static final int PARTITION_BYTES = 256 << 10;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  private final Topics topics;
  private final Map<String, Object> kafka;
  private final InstantSource clock;
  private final Duration betweenLooks;
  private final Heard heard = new Heard();
  private final LetterPlaces letters;
  private final Thread thread =
      Thread.ofPlatform().name("millrace-flow").daemon().unstarted(this::run);
  private volatile FlowView view;
  private volatile @Nullable KafkaConsumer<?, ByteBuffer> opened;
  private volatile boolean closed;
  private boolean failed;
  private boolean vanished;

  /**
   * Prepares the thread.
   *
   * @param kafka the user's client properties, with bootstrap.servers
   * @param clock tells the age of what trainers said
   */
  public Flow(Topics topics, Map<String, Object> kafka, InstantSource clock) {
    this(topics, kafka, clock, BETWEEN_LOOKS);
  }

  Flow(Topics topics, Map<String, Object> kafka, InstantSource clock, Duration betweenLooks) {
    this.topics = topics;
    this.betweenLooks = betweenLooks;
    this.kafka = Map.copyOf(kafka);
    this.clock = clock;
    this.letters = new LetterPlaces(topics);
    this.view = nothing("The stream has not been looked at yet");
  }

  /** Begins to look. */
  public Flow start() {
    thread.start();
    return this;
  }

  /** A record of the topic of metrics. */
  public void take(TrainingMetric metric) {
    heard.take(metric);
  }

  /** A record of the topic of progress. */
  public void take(Progress progress) {
    heard.take(progress);
  }

  /** A record of the topic of dead letters. */
  public void take(DeadLetter letter) {
    letters.take(letter);
  }

  /** What was seen last. */
  public FlowView view() {
    return view;
  }

  private FlowView nothing(String sentence) {
    return new FlowView(
        clock.millis(),
        sentence,
        Bottleneck.UNKNOWN,
        null,
        List.of(),
        List.of(),
        new HeldBack(false, "Not known: " + sentence, List.of(), null, null, null),
        List.of(),
        List.of(),
        List.of());
  }

  private void run() {
    while (!closed) {
      try (Admin admin = Admin.create(adminProperties())) {
        KafkaConsumer<?, ByteBuffer> consumer = consumer();
        opened = consumer;
        try {
          watch(new FlowLook(new Brokers(admin), consumer, topics, heard, letters));
        } finally {
          var _ = Thread.interrupted(); // the thread ends, but the consumer shall do so in order
          consumer.close(CloseOptions.timeout(BETWEEN_LOOKS));
        }
      } catch (InterruptedException | InterruptException | WakeupException e) {
        LOG.debug("Ending: {}", e.getMessage());
        return;
      } catch (RuntimeException e) {
        left(e);
        pause();
      }
    }
  }

  private void watch(FlowLook look) throws InterruptedException {
    while (!closed) {
      long begun = System.nanoTime();
      try {
        seen(look.at(clock.millis()));
      } catch (InterruptException | WakeupException e) {
        throw e;
      } catch (KafkaException e) {
        left(e);
      }
      long left = betweenLooks.toNanos() - (System.nanoTime() - begun);
      Thread.sleep(Duration.ofNanos(Math.max(0, left)));
    }
  }

  // A broker that is stopping knows of no topics any more: only the second time is believed.
  private void seen(FlowView now) {
    boolean none = now.topics().isEmpty() && !view.topics().isEmpty();
    if (!none || vanished) {
      view = now;
    }
    vanished = none;
    failed = false;
  }

  // What was seen stays, but nothing is said of it any more.
  private void left(RuntimeException why) {
    LOG.atLevel(failed ? Level.DEBUG : Level.WARN)
        .log("Cannot see how the stream flows, trying again: {}", String.valueOf(why.getMessage()));
    LOG.debug("The reason", why);
    FlowView before = view;
    if (!failed && !before.topics().isEmpty()) {
      Instant at = Instant.ofEpochMilli(before.at());
      String sentence =
          "The brokers have not answered since %s; what is shown was seen then"
              .formatted(TIME.withZone(ZoneId.systemDefault()).format(at));
      view = said(before, sentence, why);
    } else if (before.topics().isEmpty()) {
      view = said(before, "The brokers do not answer", why);
    }
    failed = true;
  }

  private static FlowView said(FlowView before, String sentence, RuntimeException why) {
    List<String> problems = new ArrayList<>(before.problems());
    problems.removeIf(problem -> problem.startsWith("Cannot see the stream"));
    problems.add("Cannot see the stream: " + why.getMessage());
    Diagnosis unknown = Diagnosis.unknown(sentence);
    return new FlowView(
        before.at(),
        unknown.sentence(),
        unknown.bottleneck(),
        null,
        before.topics(),
        before.lags(),
        before.heldBack(),
        before.workers(),
        before.audits(),
        problems);
  }

  private void pause() {
    try {
      Thread.sleep(BETWEEN_LOOKS);
    } catch (InterruptedException e) {
      closed = true;
      Thread.currentThread().interrupt();
    }
  }

  private Map<String, Object> adminProperties() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
    return properties;
  }

  private KafkaConsumer<?, ByteBuffer> consumer() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // Records may be deleted between the question for the first one and its being read.
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, LIMIT_MILLIS);
    properties.put(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_BYTES);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.remove(ConsumerConfig.GROUP_ID_CONFIG);
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteBufferDeserializer());
  }

  /** Stops looking; does not wait long for brokers that do not answer. */
  @Override
  public void close() {
    closed = true;
    KafkaConsumer<?, ByteBuffer> consumer = opened;
    if (consumer != null) {
      consumer.wakeup();
    }
    thread.interrupt();
    try {
      thread.join(LONGEST_CLOSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
