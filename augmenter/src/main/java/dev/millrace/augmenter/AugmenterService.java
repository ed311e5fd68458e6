package dev.millrace.augmenter;

import dev.millrace.imaging.ImageDecoder;
import dev.millrace.imaging.ImageDecoders;
import dev.millrace.schemas.Progress;
import dev.millrace.schemas.Split;
import dev.millrace.schemas.Topic;
import dev.millrace.schemas.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the augmenter's topology: exactly once, held back by flow control, until it is closed or
 * fails. Any number of them may run under one prefix; they share the partitions. Started once.
 */
public final class AugmenterService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AugmenterService.class);
  private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

  private final AugmenterOptions options;
  private final Topics topics;
  private final Map<String, Object> kafka;
  private final MeterRegistry registry;
  private final String group;
  private final Tally tally = new Tally();
  private final HeldPartitions held = new HeldPartitions(System::nanoTime);
  private final CompletableFuture<Void> running = new CompletableFuture<>();
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private volatile @Nullable AugmenterFailedException failure;
  private @Nullable AugmenterMeters meters;
  private @Nullable Admin admin;
  private @Nullable KafkaStreams streams;
  private @Nullable FlowControl flowControl;

  /** Prepares an augmenter whose meters nobody looks at. */
  public AugmenterService(AugmenterOptions options, Topics topics, Map<String, Object> kafka) {
    this(options, topics, kafka, new CompositeMeterRegistry());
  }

  /**
   * Prepares the augmenter; nothing is opened yet.
   *
   * @param options what to do to an image and how to run
   * @param topics the topics, which must exist when it is started
   * @param kafka client properties as the user gave them, with {@code bootstrap.servers}; they win
   *     over this service's defaults, but not over what exactly-once rests on
   * @param registry has the augmenter's meters, all of them {@code millrace.augmenter}, from its
   *     start until it is closed; their tag {@code worker} is the instance id, or the process id of
   *     an augmenter without one, and no two augmenters of one registry may have the same
   */
  public AugmenterService(
      AugmenterOptions options, Topics topics, Map<String, Object> kafka, MeterRegistry registry) {
    this.options = options;
    this.topics = topics;
    this.kafka = Map.copyOf(kafka);
    this.registry = registry;
    this.group = group(topics);
  }

  /** The consumer group, and Streams' application id, of the augmenters of a prefix. */
  public static String group(Topics topics) {
    return topics.augmenterGroup();
  }

  /**
   * Starts the threads and returns. Closing is due afterwards, also when this throws.
   *
   * @throws AugmenterFailedException if a topic is missing, an images topic and its tensors topic
   *     differ in their number of partitions, or the dataset's statistics are asked for and missing
   * @throws KafkaException if the brokers do not answer or refuse
   * @throws IllegalStateException if it was started or closed before, or Java was started without
   *     the Vector API
   */
  public synchronized void start() throws InterruptedException {
    if (admin != null || stopped.isDone()) {
      throw new IllegalStateException("Cannot start an augmenter twice");
    }
    try (ImageDecoder decoder = ImageDecoders.open(options.imageLimits())) {
      LOG.info("Decoders: {}", decoder.name());
    }
    Admin opened = Admin.create(kafka);
    admin = opened;
    int partitions = 0;
    for (Split split : Split.values()) {
      partitions = checkedPartitions(opened, split);
    }
    LOG.info("Augmenting {} partitions of each split as {}: {}", partitions, group, options);
    StatisticsInUse statistics = StatisticsInUse.of(options.statistics(), topics, kafka);
    LOG.info("Statistics: {}, {}", statistics.name(), statistics.colors());
    Recipe recipe = Recipe.of(options, statistics.colors());
    AugmenterMeters shown = new AugmenterMeters(registry, worker(), topics, tally, held);
    meters = shown;
    KafkaStreams made = streams(recipe);
    streams = made;
    startFlowControl(opened, recipe, () -> assigned(made), shown);
    made.start();
  }

  /**
   * Waits until the stream threads have their partitions.
   *
   * @throws AugmenterFailedException if the augmenter fails before, or has not come so far by then
   */
  public void awaitRunning(Duration limit) throws InterruptedException {
    try {
      running.get(limit.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new AugmenterFailedException(
          "Augmenter of group %s has no partitions after %s; look at the brokers and at the log"
              .formatted(group, limit),
          e);
    } catch (ExecutionException e) {
      throw Failures.explained(e.getCause() == null ? e : e.getCause(), options);
    }
  }

  /** Why it stopped on its own; empty while it runs and after it was closed in good order. */
  public Optional<Throwable> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Completes when the augmenter has stopped: normally when it was closed, with an {@link
   * AugmenterFailedException} when it failed. A failed one wants closing, too.
   */
  public CompletionStage<Void> stopped() {
    return stopped.minimalCompletionStage();
  }

  /** What has been done since it was started. */
  public AugmenterCounts counts() {
    return tally.counts(held.get().size());
  }

  /**
   * Commits what is done and stops. An augmenter with an instance id keeps its partitions for its
   * return within the session timeout; others take over those of one without at once.
   */
  @Override
  public synchronized void close() {
    if (flowControl != null) {
      flowControl.close();
      flowControl = null;
    }
    if (streams != null) {
      GroupMembershipOperation membership =
          options.instanceId().isEmpty()
              ? GroupMembershipOperation.LEAVE_GROUP
              : GroupMembershipOperation.REMAIN_IN_GROUP;
      boolean ended =
          streams.close(
              CloseOptions.groupMembershipOperation(membership).withTimeout(LONGEST_CLOSE));
      if (!ended) {
        LOG.warn("Augmenter threads have not ended after {}; left behind", LONGEST_CLOSE);
      }
      streams = null;
      LOG.info("Augmenter stopped: {}", counts());
    }
    if (meters != null) {
      meters.close();
      meters = null;
    }
    if (admin != null) {
      admin.close(LONGEST_CLOSE);
    }
    running.completeExceptionally(new AugmenterFailedException("The augmenter was closed"));
    complete();
  }

  private int checkedPartitions(Admin opened, Split split) throws InterruptedException {
    int images = partitions(opened, topics.images(split));
    int tensors = partitions(opened, topics.tensors(split));
    if (images != tensors) {
      throw new AugmenterFailedException(
          "Cannot augment: topics %s and %s must have the same number of partitions, found %d and %d"
              .formatted(topics.images(split), topics.tensors(split), images, tensors));
    }
    return images;
  }

  private static int partitions(Admin opened, Topic<?> topic) throws InterruptedException {
    try {
      return Topics.partitions(opened, topic);
    } catch (UnknownTopicOrPartitionException e) {
      throw new AugmenterFailedException(
          "Cannot augment: topic %s does not exist; create the topics first".formatted(topic), e);
    }
  }

  private String worker() {
    return options.instanceId().isEmpty()
        ? Long.toString(ProcessHandle.current().pid())
        : options.instanceId();
  }

  // None while the threads start and when they have ended.
  private static Set<TopicPartition> assigned(KafkaStreams streams) {
    return streams.state().isRunningOrRebalancing()
        ? streams.metadataForLocalThreads().stream()
            .flatMap(thread -> thread.activeTasks().stream())
            .flatMap(task -> task.topicPartitions().stream())
            .collect(Collectors.toSet())
        : Set.of();
  }

  private void startFlowControl(
      Admin opened, Recipe recipe, Supplier<Set<TopicPartition>> assigned, AugmenterMeters shown)
      throws InterruptedException {
    int partitions = Topics.partitions(opened, topics.tensors(Split.TRAIN));
    FlowControl control =
        new FlowControl(
            topics,
            partitions,
            opened,
            new TrainerPositions(progressConsumer(), topics.progress()),
            new HoldBack(options.maxAheadBytes(), recipe.tensorBytes()),
            new ImagesUpkeep(opened, group, topics, tally, options.purgeImages(), assigned, shown),
            held);
    flowControl = control;
    control.start();
  }

  private Consumer<String, Progress> progressConsumer() {
    Map<String, Object> properties = new HashMap<>(kafka);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.putIfAbsent(
        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, StreamsProperties.FETCH_WAIT_MILLIS);
    return new KafkaConsumer<>(
        properties, new StringDeserializer(), topics.progress().serde().deserializer());
  }

  private KafkaStreams streams(Recipe recipe) {
    Topology topology =
        Augmenter.topology(
            topics,
            options,
            recipe,
            () -> ImageDecoders.open(options.imageLimits()),
            InstantSource.system(),
            tally,
            new DeadLetterLimit(options.maxDeadLetterShare()));
    KafkaStreams made =
        new KafkaStreams(
            topology,
            StreamsProperties.of(group, options, kafka),
            new StreamsClients(group, options.instanceId(), held));
    made.setUncaughtExceptionHandler(this::judge);
    made.setStateListener((now, _) -> {
      if (now == KafkaStreams.State.RUNNING) {
        running.complete(null);
      } else if (now == KafkaStreams.State.ERROR) {
        fail(new AugmenterFailedException("Cannot go on augmenting: Streams gave up"));
      }
    });
    return made;
  }

  private StreamThreadExceptionResponse judge(Throwable thrown) {
    if (Failures.passing(thrown)) {
      LOG.warn("An augmenter thread failed; another takes its place", thrown);
      return StreamThreadExceptionResponse.REPLACE_THREAD;
    }
    AugmenterFailedException explained = Failures.explained(thrown, options);
    LOG.error("{}", explained.getMessage(), thrown);
    fail(explained);
    return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
  }

  private void fail(AugmenterFailedException cause) {
    if (failure == null) {
      failure = cause;
    }
    running.completeExceptionally(cause);
    // On a thread of its own: whoever waits may close this, which a stream thread must not do.
    Thread.startVirtualThread(this::complete);
  }

  private void complete() {
    AugmenterFailedException cause = failure;
    if (cause == null) {
      stopped.complete(null);
    } else {
      stopped.completeExceptionally(cause);
    }
  }
}
